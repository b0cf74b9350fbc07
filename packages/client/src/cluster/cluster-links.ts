import type { Env } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import type { NetworkMetrics } from '../metrics/network-metrics.ts'
import type { RequestObserver } from '../request-observer.ts'
import { Backoff } from './backoff.ts'
import type { BrokerAddress } from './broker-address.ts'
import { BrokerLink } from './broker-link.ts'
import type { ConnectionSecurity } from './broker-link.ts'
import { ConnectionNotices } from './connection-notices.ts'
import type { MetadataCache } from './metadata-cache.ts'

/** What a connection is for. Those that wait long for their answers have one of their own, so that nothing else waits behind. */
export type LinkPurpose = 'main' | 'coordinator' | 'fetch'

/** All links of one client: to the brokers of the cluster, by id and purpose, and to the bootstrap addresses. */
export class ClusterLinks {
  readonly #env: Env
  readonly #config: CommonConfig
  readonly #security: ConnectionSecurity
  readonly #metadata: MetadataCache
  readonly #backoff: Backoff
  readonly #links = new Map<string, BrokerLink>()
  readonly #bootstrap: readonly BrokerLink[]
  readonly #bootstrapAddresses: ReadonlySet<string>
  readonly #notices: ConnectionNotices
  readonly #observer: RequestObserver | undefined
  readonly #network: NetworkMetrics
  #isClosed = false

  constructor(
    env: Env,
    config: CommonConfig,
    security: ConnectionSecurity,
    metadata: MetadataCache,
    bootstrap: readonly BrokerAddress[],
    network: NetworkMetrics,
    observer?: RequestObserver,
  ) {
    this.#observer = observer
    this.#network = network
    this.#env = env
    this.#config = config
    this.#security = security
    this.#metadata = metadata
    this.#backoff = new Backoff(env.random, config['reconnect.backoff.ms'], config['reconnect.backoff.max.ms'])
    this.#notices = new ConnectionNotices(env, config['client.id'])
    this.#bootstrapAddresses = new Set(bootstrap.map(({ host, port }) => `${host}:${port}`))
    this.#bootstrap = bootstrap.map((address) => this.#create(address))
  }

  #create(address: BrokerAddress, brokerId?: number): BrokerLink {
    const traffic = this.#network.node(brokerId)
    const advertisedBy = this.#bootstrapAddresses.has(`${address.host}:${address.port}`) ? undefined : brokerId
    return new BrokerLink(
      this.#env,
      address,
      this.#config,
      this.#security,
      this.#backoff,
      this.#notices,
      advertisedBy,
      this.#observer,
      traffic,
    )
  }

  /** The link to a broker; undefined when the cluster has none of that id. A broker that moved gets a new one. */
  get(brokerId: number, purpose: LinkPurpose = 'main'): BrokerLink | undefined {
    const broker = this.#metadata.brokers.get(brokerId)
    if (broker === undefined) return undefined
    const name = `${purpose} ${brokerId}`
    let link = this.#links.get(name)
    if (link === undefined || link.address.host !== broker.host || link.address.port !== broker.port) {
      link?.close()
      link = this.#create({ host: broker.host, port: broker.port }, brokerId)
      if (this.#isClosed) link.close()
      this.#links.set(name, link)
    }
    return link
  }

  /**
   * A link for what any broker can answer: the one that is open and has the least to do, else one to which connecting did not fail last, by
   * chance. Bootstrap addresses serve until brokers are known.
   */
  leastLoaded(): BrokerLink {
    const candidates = this.#candidates()
    let best: BrokerLink | undefined
    for (const link of candidates) {
      if (link.isReady && (best === undefined || link.pendingCount < best.pendingCount)) best = link
    }
    if (best !== undefined) return best
    const fewest = Math.min(...candidates.map(({ failures }) => failures))
    const fresh = candidates.filter(({ failures }) => failures === fewest)
    return fresh[this.#env.random.integer(fresh.length)] as BrokerLink
  }

  /** Whether connecting failed last to every broker that is known. */
  get areAllUnreachable(): boolean {
    return this.#candidates().every(({ isReady, failures }) => !isReady && failures > 0)
  }

  /** Why brokers cannot be reached now: the last failure of each address that was tried since one answered. */
  get failures(): readonly Error[] {
    return this.#notices.failures
  }

  /** No address of those that are known can be spoken to as this client is set up: to try again is of no use. */
  get areAllWrong(): boolean {
    return this.#candidates().every(
      ({ lastError }) => lastError instanceof ClientError && lastError.code === 'WRONG_LISTENER',
    )
  }

  #candidates(): readonly BrokerLink[] {
    const brokers = [...this.#metadata.brokers.keys()].flatMap((id) => this.get(id) ?? [])
    return brokers.length === 0 ? this.#bootstrap : brokers
  }

  /** Forgets the links to brokers that the cluster does not have any more. */
  dropUnknown(): void {
    for (const [name, link] of this.#links) {
      if (this.#metadata.brokers.has(Number(name.slice(name.indexOf(' ') + 1)))) continue
      link.close()
      this.#links.delete(name)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#notices.close()
    for (const link of this.#bootstrap) link.close()
    for (const link of this.#links.values()) link.close()
  }
}
