import type { Counter, Env, Histogram, Logger } from '@odradek/base'
import { OdradekError } from '@odradek/base'
import { parseConnectString, ZooKeeperClient, ZooKeeperError } from '@odradek/zookeeper-client'
import { withParents } from '../znodes/persistent-paths.ts'
import { metricName } from './metrics/metric-name.ts'

const RETRY_DELAY_MS = 100

export interface ZooKeeperSessionOptions {
  /** `zookeeper.connect` */
  readonly connectString: string
  readonly sessionTimeoutMs: number
  readonly connectionTimeoutMs: number
}

/** What a part of the broker that lives in the session must hear. */
export interface SessionListener {
  /** The session is gone, with its ephemeral znodes and watches. Called at once. */
  onSessionLost(): void
  /** There is a new one. */
  onSessionEstablished(): void
}

export class ZooKeeperUnreachable extends OdradekError<'ZOOKEEPER_UNREACHABLE'> {}

/**
 * The broker's session with ZooKeeper. A client is one session; when ZooKeeper says that it has expired, this makes a new one
 * and tells those who listen, so that they register and watch anew.
 */
export class ZooKeeperSession {
  readonly #env: Env
  readonly #log: Logger
  readonly #options: ZooKeeperSessionOptions
  readonly #listeners = new Set<SessionListener>()
  #client: ZooKeeperClient
  readonly #disconnects: Counter
  readonly #reconnects: Counter
  readonly #expirations: Counter
  readonly #latencyMs: Histogram
  #isClosed = false

  constructor(env: Env, options: ZooKeeperSessionOptions) {
    this.#env = env
    this.#log = env.log.child('zookeeper')
    this.#options = options
    this.#client = this.#newClient(options.connectString, options.connectionTimeoutMs)
    const nameOf = (name: string): string => metricName('kafka.server', 'SessionExpireListener', name)
    this.#disconnects = env.metrics.counter(
      nameOf('ZooKeeperDisconnectsPerSec'),
      'Connections to ZooKeeper that were lost.',
    )
    this.#reconnects = env.metrics.counter(
      nameOf('ZooKeeperSyncConnectsPerSec'),
      'Connections to ZooKeeper that came back.',
    )
    this.#expirations = env.metrics.counter(nameOf('ZooKeeperExpiresPerSec'), 'Sessions with ZooKeeper that expired.')
    this.#latencyMs = env.metrics.histogram(
      metricName('kafka.server', 'ZooKeeperClientMetrics', 'ZooKeeperRequestLatencyMs'),
      'How long the broker waits for ZooKeeper, also for several requests in a row.',
    )
  }

  /** The client of the session that is, or was last. Do not keep it. */
  get client(): ZooKeeperClient {
    return this.#client
  }

  listen(listener: SessionListener): void {
    this.#listeners.add(listener)
  }

  /** Opens the first session, and makes the chroot. Rejects with `ZooKeeperUnreachable`. */
  async connect(): Promise<void> {
    const { connectString, connectionTimeoutMs } = this.#options
    try {
      const { chroot } = parseConnectString(connectString)
      if (chroot !== '' && chroot !== '/') await this.#createChroot(chroot)
      await this.#client.connect()
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error
      throw new ZooKeeperUnreachable(
        'ZOOKEEPER_UNREACHABLE',
        `No ZooKeeper server answered at ${connectString} within ${connectionTimeoutMs} ms (${error.message}). Start one, or correct zookeeper.connect; zookeeper.connection.timeout.ms sets how long to try.`,
        { cause: error },
      )
    }
    this.#watchOver(this.#client)
  }

  /**
   * Calls until ZooKeeper has answered: a lost connection is retried for as long as the session lives. Other errors are thrown.
   * What is called must bear being done twice.
   */
  async run<Value>(call: (client: ZooKeeperClient) => Promise<Value>): Promise<Value> {
    for (;;) {
      const startMs = this.#env.clock.monotonicMs()
      try {
        const value = await call(this.#client)
        this.#latencyMs.record(this.#env.clock.monotonicMs() - startMs)
        return value
      } catch (error) {
        if (!(error instanceof ZooKeeperError) || error.code !== 'CONNECTION_LOSS' || this.#isClosed) throw error
        await this.#delay(RETRY_DELAY_MS)
      }
    }
  }

  /** Ends the session: its ephemeral znodes are gone when this resolves, if a server could be reached. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#client.close()
  }

  #newClient(connectString: string, connectTimeoutMs: number): ZooKeeperClient {
    return new ZooKeeperClient(this.#env, {
      connectString,
      sessionTimeoutMs: this.#options.sessionTimeoutMs,
      connectTimeoutMs,
    })
  }

  async #createChroot(chroot: string): Promise<void> {
    const { connectString, connectionTimeoutMs } = this.#options
    const client = this.#newClient(connectString.slice(0, connectString.indexOf('/')), connectionTimeoutMs)
    await client.connect()
    try {
      const made = withParents(chroot).map((path) =>
        client.create(path, null).catch((error: unknown) => {
          if (!(error instanceof ZooKeeperError) || error.code !== 'NODE_EXISTS') throw error
        }),
      )
      await Promise.all(made)
    } finally {
      await client.close()
    }
  }

  #delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#env.timers.after(delayMs, resolve))
  }

  #watchOver(client: ZooKeeperClient): void {
    client.onState((state) => {
      if (client !== this.#client || this.#isClosed) return
      if (state === 'disconnected') {
        this.#disconnects.add()
        this.#log.warn('Lost the connection to ZooKeeper, looking for a server')
      }
      if (state === 'connected') {
        this.#reconnects.add()
        this.#log.info('Connected to ZooKeeper again')
      }
      if (state !== 'expired' && state !== 'authFailed') return
      this.#expirations.add()
      this.#log.warn('The ZooKeeper session has expired; a new one is opened')
      for (const listener of this.#listeners) listener.onSessionLost()
      void this.#renew()
    })
  }

  async #renew(): Promise<void> {
    while (!this.#isClosed) {
      const client = this.#newClient(this.#options.connectString, this.#options.sessionTimeoutMs)
      this.#client = client
      try {
        await client.connect()
      } catch (error) {
        this.#log.warn('No new ZooKeeper session yet', { error })
        await this.#delay(RETRY_DELAY_MS)
        continue
      }
      if (this.#isClosed) {
        await client.close()
        return
      }
      this.#watchOver(client)
      for (const listener of this.#listeners) listener.onSessionEstablished()
      return
    }
  }
}
