import type { Env } from '@odradek/base'
import { DiskError, OdradekError } from '@odradek/base'
import type { BrokerConfig } from '../config/broker-config.ts'
import { parseProperties } from '../config/parse-properties.ts'
import { brokerSequenceIdPath } from '../znodes/broker-sequence-id.ts'
import { clusterIdPath, decodeClusterId, encodeClusterId } from '../znodes/cluster-id.ts'
import { newTopicId } from '../core/topics/new-topic-id.ts'
import { ensureZnode, unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

export type BrokerIdentityErrorCode =
  /** The log directories belong to another cluster. */
  | 'INCONSISTENT_CLUSTER_ID'
  /** The log directories do not agree on the broker's id. */
  | 'INCONSISTENT_BROKER_ID'

/** Who this broker is, by its configuration, its log directories and ZooKeeper, does not fit together. */
export class BrokerIdentityError extends OdradekError<BrokerIdentityErrorCode> {}

/** The cluster's id, made by the first broker that asks. */
export async function getOrCreateClusterId(env: Env, session: ZooKeeperSession): Promise<string> {
  return session.run(async (client) => {
    const present = await unless(client.getData(clusterIdPath), 'NO_NODE')
    if (present !== undefined) return decodeClusterId(present.data)
    await ensureZnode(client, clusterIdPath, encodeClusterId(newTopicId(env.random)))
    // Another broker may have been faster.
    return decodeClusterId((await client.getData(clusterIdPath)).data)
  })
}

export function ensureClusterId(inZooKeeper: string, inDirectories: string | undefined, connectString: string): void {
  if (inDirectories === undefined || inDirectories === inZooKeeper) return
  throw new BrokerIdentityError(
    'INCONSISTENT_CLUSTER_ID',
    `The log directories belong to cluster ${inDirectories} (meta.properties), but ZooKeeper at ${connectString} is that of cluster ${inZooKeeper}. Correct zookeeper.connect or log.dirs; if the data may go, empty the log directories.`,
  )
}

/** The broker ids that the log directories were written by. */
function storedBrokerIds(env: Env, logDirs: readonly string[]): Set<number> {
  const ids = new Set<number>()
  for (const directory of logDirs) {
    const path = `${directory}/meta.properties`
    try {
      if (env.disk.statusSync(path) === undefined) continue
      const text = parseProperties(env.disk.readFileSync(path).toString('utf8'), path).get('broker.id')?.value
      if (text !== undefined && /^\d{1,10}$/.test(text)) ids.add(Number(text))
    } catch (error) {
      // The log manager reports a directory that fails.
      if (!(error instanceof DiskError)) throw error
    }
  }
  return ids
}

/** The broker's id: as configured, else as its directories have it, else a new one from ZooKeeper above reserved.broker.max.id. */
export async function brokerIdOf(env: Env, session: ZooKeeperSession, config: BrokerConfig): Promise<number> {
  const stored = storedBrokerIds(env, config.logDirs)
  if (stored.size > 1) {
    throw new BrokerIdentityError(
      'INCONSISTENT_BROKER_ID',
      `The log directories belong to different brokers (${[...stored].join(', ')}). Name in log.dirs those of one.`,
    )
  }
  const [storedId] = stored
  if (config.brokerId >= 0) {
    if (storedId !== undefined && storedId !== config.brokerId) {
      throw new BrokerIdentityError(
        'INCONSISTENT_BROKER_ID',
        `broker.id is ${config.brokerId}, but the log directories belong to broker ${storedId} (meta.properties). Correct broker.id or log.dirs; if the data may go, empty the log directories.`,
      )
    }
    return config.brokerId
  }
  if (storedId !== undefined) return storedId
  const { version } = await session.run((client) => client.setData(brokerSequenceIdPath, null))
  return config.reservedBrokerMaxId + version
}
