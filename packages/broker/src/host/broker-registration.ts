import type { Env, Logger } from '@odradek/base'
import { OdradekError } from '@odradek/base'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { brokerIdPath, brokerIdsPath, decodeBrokerId, encodeBrokerId } from '../znodes/broker-id.ts'
import type { BrokerEndpoint, BrokerIdZnode } from '../znodes/broker-id.ts'
import { controllerPath, decodeController } from '../znodes/controller.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import { unless } from './ensure-znodes.ts'

export class BrokerIdTaken extends OdradekError<'BROKER_ID_TAKEN'> {}

const ATTEMPTS_MAX = 10

function sameEndpoints(left: readonly BrokerEndpoint[], right: readonly BrokerEndpoint[]): boolean {
  const text = (endpoints: readonly BrokerEndpoint[]): string =>
    endpoints
      .map(({ name, host, port }) => `${name}://${host}:${port}`)
      .sort()
      .join()
  return text(left) === text(right)
}

/**
 * Announces a broker in /brokers/ids by an ephemeral znode, once per session.
 *
 * The znode of an earlier session may still be there. If it was this process's, it goes at once. If it names the very addresses that this
 * process has bound (and the log directories are locked by now), the process behind it is dead, and it goes at once too, with its
 * /controller; otherwise this waits for that session to expire, and gives up when it does not.
 */
export class BrokerRegistration {
  readonly #env: Env
  readonly #log: Logger
  #previousSessionId = 0n
  /** The czxid of the registration. */
  #epoch = -1n

  constructor(env: Env) {
    this.#env = env
    this.#log = env.log.child('registration')
  }

  get epoch(): bigint {
    return this.#epoch
  }

  /** Registers; resolves to the broker's new epoch. Rejects with `BrokerIdTaken`, or with `ZooKeeperError`. */
  async register(client: ZooKeeperClient, broker: Omit<BrokerIdZnode, 'timestampMs'>): Promise<bigint> {
    const path = brokerIdPath(broker.brokerId)
    const give = this.#env.clock.monotonicMs() + client.sessionTimeoutMs * 2
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const data = encodeBrokerId({ ...broker, timestampMs: this.#env.clock.wallMs() })
      const outcome = await client.multi([
        { op: 'create', path, data: null, mode: 'ephemeral' },
        { op: 'setData', path, data, version: 0 },
      ])
      if (outcome.committed) {
        const [, written] = outcome.results
        this.#previousSessionId = client.sessionId
        this.#epoch = written?.op === 'setData' ? written.stat.czxid : -1n
        return this.#epoch
      }
      if (outcome.failedWith !== 'NODE_EXISTS') {
        throw new BrokerIdTaken('BROKER_ID_TAKEN', `ZooKeeper answered ${outcome.failedWith} to the registration.`)
      }
      const epoch = await this.#giveWay(client, broker, give)
      if (epoch !== undefined) return epoch
    }
    throw this.#taken(broker.brokerId)
  }

  /** Announces other addresses, if they are others. */
  async update(client: ZooKeeperClient, broker: Omit<BrokerIdZnode, 'timestampMs'>): Promise<void> {
    const path = brokerIdPath(broker.brokerId)
    const { data, stat } = await client.getData(path)
    if (sameEndpoints(decodeBrokerId(broker.brokerId, data).endpoints, broker.endpoints)) return
    const changed = encodeBrokerId({ ...broker, timestampMs: this.#env.clock.wallMs() })
    await client.setData(path, changed, stat.version)
  }

  #taken(brokerId: number): BrokerIdTaken {
    return new BrokerIdTaken(
      'BROKER_ID_TAKEN',
      `Broker ${brokerId} is registered already, by another process that is alive. Stop that one, or give this broker another broker.id.`,
    )
  }

  /** The znode is there. Resolves to its epoch if it is ours after all, and to undefined when it is gone. */
  async #giveWay(
    client: ZooKeeperClient,
    broker: Omit<BrokerIdZnode, 'timestampMs'>,
    giveUpMs: number,
  ): Promise<bigint | undefined> {
    const path = brokerIdPath(broker.brokerId)
    const present = await unless(client.getData(path), 'NO_NODE')
    if (present === undefined) return undefined
    const { data, stat } = present
    if (stat.ephemeralOwner === client.sessionId) {
      this.#previousSessionId = client.sessionId
      this.#epoch = stat.czxid
      return this.#epoch
    }
    let isDead = stat.ephemeralOwner === this.#previousSessionId
    try {
      isDead ||= sameEndpoints(decodeBrokerId(broker.brokerId, data).endpoints, broker.endpoints)
    } catch (error) {
      if (!(error instanceof ZnodeError)) throw error
    }
    if (isDead) {
      this.#log.warn('Removing the registration of an earlier life of this broker', { broker: broker.brokerId })
      await this.#removeStale(client, broker.brokerId, stat.ephemeralOwner)
      return undefined
    }
    await this.#waitUntilGone(client, broker.brokerId, giveUpMs)
    return undefined
  }

  /** Removes what the dead session holds: the registration and, if it was the controller, that. */
  async #removeStale(client: ZooKeeperClient, brokerId: number, owner: bigint): Promise<void> {
    const controller = await unless(client.getData(controllerPath), 'NO_NODE')
    if (controller?.stat.ephemeralOwner === owner && decodeController(controller.data) === brokerId) {
      await unless(client.delete(controllerPath, controller.stat.version), 'NO_NODE', 'BAD_VERSION')
    }
    await unless(client.delete(brokerIdPath(brokerId)), 'NO_NODE')
  }

  async #waitUntilGone(client: ZooKeeperClient, brokerId: number, giveUpMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = this.#env.timers.after(giveUpMs - this.#env.clock.monotonicMs(), () => resolve(false))
    const stat = await client.exists(brokerIdPath(brokerId), () => resolve(true))
    if (stat === undefined) resolve(true)
    else
      this.#log.warn(
        'The broker id is registered by another session; waiting for that to end, as it does when its process is dead',
        { broker: brokerId, waitMs: Math.round(giveUpMs - this.#env.clock.monotonicMs()) },
      )
    const isGone = await promise
    timer.cancel()
    if (!isGone) throw this.#taken(brokerId)
  }
}

/** Refuses addresses that another broker has registered. Throws `BrokerIdTaken`. */
export async function ensureEndpointsAreFree(
  client: ZooKeeperClient,
  brokerId: number,
  endpoints: readonly BrokerEndpoint[],
): Promise<void> {
  const { children } = await client.getChildren(brokerIdsPath)
  const others = children.map(Number).filter((id) => Number.isInteger(id) && id !== brokerId)
  const check = async (id: number): Promise<void> => {
    const result = await unless(client.getData(brokerIdPath(id)), 'NO_NODE')
    if (result === undefined) return
    const taken = decodeBrokerId(id, result.data).endpoints
    const clash = endpoints.find(({ host, port }) => taken.some((other) => other.host === host && other.port === port))
    if (clash === undefined) return
    throw new BrokerIdTaken(
      'BROKER_ID_TAKEN',
      `${clash.host}:${clash.port} (listener ${clash.name}) is in use by broker ${id}. Correct listeners or advertised.listeners.`,
    )
  }
  await Promise.all(others.map(check))
}
