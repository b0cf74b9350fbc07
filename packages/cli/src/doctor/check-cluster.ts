import type { Env } from '@odradek/base'
import { NetworkError, OdradekError } from '@odradek/base'
import type { Admin } from '@odradek/client'
import { messageOf, ok, problem, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const connectTimeoutMs = 5000

/** A running cluster as its clients see it: each broker at the address that it advertises, log directories, partitions. */
export async function checkCluster(env: Env, admin: Admin, bootstrap: string): Promise<Finding[]> {
  const what = `cluster at ${bootstrap}`
  try {
    const { brokers, controllerId, clusterId } = await admin.describeCluster()
    const findings = [ok(what, `it answers: cluster ${clusterId}, ${brokers.length} brokers`)]
    if (!brokers.some(({ id }) => id === controllerId)) {
      findings.push(problem(what, 'there is no controller: topics cannot be made, and nobody elects leaders'))
    }
    for (const broker of brokers) findings.push(await checkAddress(env, broker))
    findings.push(
      ...(await checkLogDirs(
        admin,
        brokers.map(({ id }) => id),
      )),
    )
    findings.push(...(await checkPartitions(admin, what)))
    return findings
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    return [problem(what, messageOf(error))]
  }
}

/** What clients are told to connect to must be something that they can. */
async function checkAddress(
  env: Env,
  { id, host, port }: { readonly id: number; readonly host: string; readonly port: number },
): Promise<Finding> {
  const what = `broker ${id}`
  try {
    const startMs = env.clock.monotonicMs()
    const connection = await env.network.connect({ host, port, timeoutMs: connectTimeoutMs })
    connection.handle({ onData: () => undefined, onClose: () => undefined })
    connection.destroy()
    const durationMs = env.clock.monotonicMs() - startMs
    return ok(what, `advertises ${host}:${port}, which can be reached within ${durationMs.toFixed(1)} ms`)
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    return problem(
      what,
      `advertises ${host}:${port}, which cannot be reached from here: ${error.message}. Set advertised.listeners`,
    )
  }
}

async function checkLogDirs(admin: Admin, brokerIds: readonly number[]): Promise<Finding[]> {
  const byBroker = await admin.describeLogDirs(brokerIds)
  return [...byBroker].flatMap(([brokerId, dirs]) =>
    dirs.map(({ path, error, replicas, usableBytes, totalBytes }) => {
      const what = `broker ${brokerId}`
      if (error !== undefined && error !== null)
        return problem(what, `log directory ${path} has failed: ${error.message}`)
      const share = usableBytes === undefined || totalBytes === undefined ? 1 : Number(usableBytes) / Number(totalBytes)
      const free = share < 1 ? `, ${Math.round(share * 100)} % of its file system free` : ''
      const text = `log directory ${path} holds ${replicas.length} replicas${free}`
      return share < 0.1 ? warning(what, text) : ok(what, text)
    }),
  )
}

async function checkPartitions(admin: Admin, what: string): Promise<Finding[]> {
  const names = (await admin.listTopics({ listInternal: true })).map(({ name }) => name)
  if (names.length === 0) return [ok(what, 'there are no topics')]
  const topics = await admin.describeTopics(names)
  const partitions = [...topics.values()].flatMap(({ name, partitions: ofTopic }) =>
    ofTopic.map((partition) => ({ ...partition, name: `${name}-${partition.partition}` })),
  )
  const offline = partitions.filter(({ leaderId }) => leaderId === undefined)
  const behind = partitions.filter(({ replicaIds, inSyncReplicaIds }) => inSyncReplicaIds.length < replicaIds.length)
  const text = `${topics.size} topics with ${partitions.length} partitions`
  return [
    ...(offline.length > 0
      ? [problem(what, `without a leader: ${some(offline)}. Start the brokers that hold them`)]
      : []),
    ...(behind.length > 0 ? [warning(what, `with replicas that are not in sync: ${some(behind)}`)] : []),
    ...(offline.length + behind.length === 0 ? [ok(what, `${text}, all with a leader and all replicas in sync`)] : []),
  ]
}

/** The first few names. */
function some(partitions: readonly { readonly name: string }[]): string {
  const names = partitions.slice(0, 5).map(({ name }) => name)
  return `${names.join(', ')}${partitions.length > names.length ? ` and ${partitions.length - names.length} more` : ''}`
}
