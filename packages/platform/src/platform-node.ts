import type { Env, Listener, ListenOptions } from '@odradek/base'
import type { Broker, BrokerConfig } from '@odradek/broker'
import type { ZooKeeperServer, ZooKeeperServerConfig } from '@odradek/zookeeper'
import { httpEndpoints } from './http-endpoints.ts'
import type { PartHealth } from './http-endpoints.ts'

export interface PlatformNodeOptions {
  /** The ZooKeeper-protocol server to run, if any. */
  readonly zookeeper?: ZooKeeperServerConfig
  /** The broker to run, if any; made once the ZooKeeper server of this process, if there is one, has its address. */
  readonly broker?: (zookeeper: { host: string; port: number } | undefined) => BrokerConfig
  /** Where `/metrics` and `/health` are served; not at all when absent. */
  readonly http?: ListenOptions
  /** Called when a part can no longer do its work and the process should end. */
  readonly onFatal: (error: unknown) => void
}

/**
 * The parts that one process runs, each loaded only if it runs, started from the bottom up and stopped from the top down. A part that fails to start takes
 * down those that were started before it, and its error is the one that the caller sees.
 */
export class PlatformNode {
  readonly #env: Env
  readonly #options: PlatformNodeOptions
  #zookeeper: ZooKeeperServer | undefined
  #broker: Broker | undefined
  #http: Listener | undefined

  constructor(env: Env, options: PlatformNodeOptions) {
    this.#env = env
    this.#options = options
  }

  get zookeeperAddress(): { host: string; port: number } | undefined {
    return this.#zookeeper?.address
  }

  /** The broker's advertised address of its first listener. */
  get brokerAddress(): { host: string; port: number } | undefined {
    return this.#broker?.address
  }

  get httpAddress(): { host: string; port: number } | undefined {
    return this.#http === undefined ? undefined : { host: this.#http.host, port: this.#http.port }
  }

  async start(): Promise<void> {
    const { zookeeper, broker, http, onFatal } = this.#options
    try {
      if (http !== undefined) {
        this.#http = await this.#env.network.listenHttp(
          http,
          httpEndpoints(this.#env, () => this.#health()),
        )
      }
      if (zookeeper !== undefined) {
        const { ZooKeeperServer } = await import('@odradek/zookeeper')
        const server = new ZooKeeperServer(this.#env, zookeeper, { onFailure: onFatal })
        await server.start()
        this.#zookeeper = server
      }
      if (broker !== undefined) {
        const { Broker } = await import('@odradek/broker')
        const server = new Broker(this.#env, broker(this.#zookeeper?.address), { onFatal })
        await server.start()
        this.#broker = server
      }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#broker?.shutdown()
    this.#broker = undefined
    await this.#zookeeper?.close()
    this.#zookeeper = undefined
    await this.#http?.close()
    this.#http = undefined
  }

  #health(): PartHealth[] {
    const parts: PartHealth[] = []
    if (this.#options.zookeeper !== undefined) {
      const healthy = this.#zookeeper !== undefined
      parts.push({ name: 'zookeeper', healthy, detail: healthy ? 'serving' : 'starting' })
    }
    if (this.#options.broker !== undefined) {
      parts.push({ name: 'broker', ...(this.#broker?.health() ?? { healthy: false, detail: 'starting' }) })
    }
    return parts
  }
}
