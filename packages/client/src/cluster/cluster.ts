// The foundation of producer, consumer and admin: what they know of the cluster and how they reach its brokers.
//
//   const cluster = new Cluster(env, parseConfig({ ...commonKeys, ...ownKeys }, given))
//   const [topic] = await cluster.loadTopics(['orders'], { timeoutMs: 60_000 })      // waits until it is there; keeps it fresh from then on
//   const leaderId = cluster.metadata.partition('orders', 0)?.leaderId               // synchronous, the newest that is known
//   const link = cluster.links.get(leaderId, 'fetch')                                // undefined: no such broker (requestUpdate, try again)
//   const answer = await link.send(fetchRequest, fetchResponse, (version) => ({ … }))  // rejects with ClientError; error codes are the caller's
//   const id = await cluster.coordinators.find('group', 'billing')                   // remembered until coordinators.forget(…)
//   await cluster.retry({ timeoutMs: 60_000 }, async () => { … })                    // again with backoff while errors are retriable
//   cluster.takeLeaders(changes, endpoints)                                          // leaders that a response has told (KIP-951)
//   cluster.close()                                                                  // no timer, no connection, nothing that waits is left
import type { Env, Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { isRetriable, mayCome } from '../classify-error.ts'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import { ClientMetrics } from '../metrics/client-metrics.ts'
import { NetworkMetrics } from '../metrics/network-metrics.ts'
import type { ClientKind } from '../metrics/network-metrics.ts'
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts'
import type { RequestObserver } from '../request-observer.ts'
import { connectionSecurity } from '../security/connection-security.ts'
import { Backoff } from './backoff.ts'
import { parseBootstrapServers } from './broker-address.ts'
import type { ConnectionSecurity } from './broker-link.ts'
import { ClusterLinks } from './cluster-links.ts'
import { CoordinatorFinder } from './coordinator-finder.ts'
import { MetadataCache } from './metadata-cache.ts'
import type { BrokerNode, LeaderChange, TopicMetadata } from './metadata-cache.ts'
import { MetadataUpdater } from './metadata-updater.ts'

/** So many addresses, topics or reasons are named in one error. */
const namedMax = 5

export interface ClusterOptions {
  /** Whether asking for a topic that does not exist may create it, where brokers allow that; default no. */
  readonly allowAutoTopicCreation?: boolean
  /** What kind of client it is for, as its metrics are called; default `admin-client`. */
  readonly kind?: ClientKind
  /** Push the metrics to the cluster as far as that asks for them (KIP-714); default no. */
  readonly pushesMetrics?: boolean
  /** Is told of every request. */
  readonly observer?: RequestObserver | undefined
  /** A way of authenticating of the caller's own, in place of what `sasl.mechanism` says. */
  readonly authenticate?: ConnectionSecurity['authenticate']
}

export interface RetryOptions {
  /** How long to go on, from now. The last error is then the result. */
  readonly timeoutMs: number
  /** Which errors to try again after; default: `isRetriable`. */
  readonly isRetriable?: (error: unknown) => boolean
  /** Called before each further attempt, to forget what has turned out to be old. */
  readonly onRetry?: (error: unknown) => void
}

/** What one client knows of its cluster, and its ways to the brokers. Opens nothing before it is asked for something. */
export class Cluster {
  readonly env: Env
  readonly config: CommonConfig
  readonly metadata = new MetadataCache()
  readonly links: ClusterLinks
  /** Of the client that this is the foundation of. */
  readonly metrics: ClientMetrics
  readonly kind: ClientKind
  readonly #telemetry: TelemetryReporter | undefined
  readonly coordinators: CoordinatorFinder
  /** The pauses of `retry.backoff.ms`, for who retries by himself. */
  readonly backoff: Backoff
  readonly #updater: MetadataUpdater
  readonly #sleepers = new Map<Timer, (error: ClientError) => void>()
  #isClosed = false

  /** Throws `ClientError` INVALID_CONFIG. */
  constructor(env: Env, config: CommonConfig, options: ClusterOptions = {}) {
    this.env = env
    this.config = config
    this.backoff = new Backoff(env.random, config['retry.backoff.ms'], config['retry.backoff.max.ms'])
    const bootstrap = parseBootstrapServers(config['bootstrap.servers'])
    const { observer, authenticate } = options
    const security = connectionSecurity(env, config)
    const asked = authenticate === undefined ? security : { ...security, authenticate }
    const { kind = 'admin-client' } = options
    this.kind = kind
    this.metrics = new ClientMetrics(() => this.nowMs, { 'client-id': config['client.id'] })
    const network = new NetworkMetrics(this.metrics, kind, () => this.nowMs)
    this.links = new ClusterLinks(env, config, asked, this.metadata, bootstrap, network, observer)
    if (options.pushesMetrics === true) this.#telemetry = new TelemetryReporter(env, this.links, this.metrics)
    this.coordinators = new CoordinatorFinder(this.links, this.metadata)
    const isCreating = options.allowAutoTopicCreation ?? false
    this.#updater = new MetadataUpdater(env, config, this.links, this.metadata, this.backoff, isCreating)
    if (this.#telemetry !== undefined) this.#updater.onUpdate(() => this.#telemetry?.start())
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Monotonic milliseconds. */
  get nowMs(): number {
    return this.env.clock.monotonicMs()
  }

  /**
   * The metadata of these topics, which are kept fresh from now on. Waits while one is not there yet. Rejects with `KafkaError`: at once for what no waiting
   * mends (TOPIC_AUTHORIZATION_FAILED, INVALID_TOPIC_EXCEPTION), after `timeoutMs` with UNKNOWN_TOPIC_OR_PARTITION and the like; or with `ClientError`
   * when no broker answered.
   */
  async loadTopics(names: readonly string[], { timeoutMs }: { readonly timeoutMs: number }): Promise<TopicMetadata[]> {
    const deadlineMs = this.nowMs + timeoutMs
    this.#updater.want(names)
    for (;;) {
      const topics = names.flatMap((name) => this.metadata.topic(name) ?? [])
      const hopeless = topics.find(({ errorCode }) => errorCode !== ErrorCode.NONE && !mayCome(errorCode))
      if (hopeless !== undefined) throw topicError(hopeless)
      const missing = topics.find(({ errorCode }) => errorCode !== ErrorCode.NONE)
      if (missing === undefined && topics.length === names.length) return topics
      if (!(await this.#refreshBefore(deadlineMs))) throw this.#missingTopics(names, missing, timeoutMs)
    }
  }

  #missingTopics(names: readonly string[], missing: TopicMetadata | undefined, timeoutMs: number): Error {
    if (missing !== undefined) return topicError(missing)
    const { lastError } = this.#updater
    const failures = this.links.failures.length > 0 ? this.links.failures : [lastError]
    const reasons = new Set(failures.flatMap((error) => (error instanceof Error ? error.message : [])))
    const why = reasons.size === 0 ? '' : `: ${shortened([...reasons], '. ')}`
    const text = `no metadata of ${shortened(names)} within ${timeoutMs} ms from ${shortened(this.config['bootstrap.servers'])}${why}`
    return new ClientError('TIMED_OUT', text, { cause: lastError })
  }

  /** False when the deadline came first. */
  async #refreshBefore(deadlineMs: number): Promise<boolean> {
    const leftMs = deadlineMs - this.nowMs
    if (leftMs <= 0) return false
    let timer: Timer | undefined
    const deadline = new Promise<false>((resolve) => {
      timer = this.env.timers.after(leftMs, () => resolve(false))
    })
    try {
      return await Promise.race([this.#updater.refresh().then(() => true), deadline])
    } finally {
      timer?.cancel()
    }
  }

  /** Makes sure that brokers are known: asks for metadata if that was not done yet. Rejects with `ClientError` after `timeoutMs`. */
  async ready({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    const deadlineMs = this.nowMs + timeoutMs
    while (this.metadata.brokers.size === 0) {
      if (!(await this.#refreshBefore(deadlineMs))) throw this.#missingTopics(['the cluster'], undefined, timeoutMs)
    }
  }

  /** Keeps metadata of these topics fresh, without waiting for it. */
  wantTopics(names: Iterable<string>): void {
    this.#updater.want(names)
  }

  unwantTopics(names: Iterable<string>): void {
    this.#updater.unwant(names)
  }

  /** Keeps metadata of every topic, for subscriptions by pattern. */
  wantAllTopics(wantsAll: boolean): void {
    this.#updater.wantAll(wantsAll)
  }

  /** Asks for fresh metadata, as after NOT_LEADER_OR_FOLLOWER; with a pause when that happens often. */
  requestUpdate(): void {
    this.#updater.requestUpdate()
  }

  /** Resolves when an answer to a request that is sent from now on is in the cache. */
  refresh(): Promise<void> {
    return this.#updater.refresh()
  }

  /** Calls the listener after every answer that went into the cache; returns what ends that. */
  onUpdate(listener: () => void): () => void {
    return this.#updater.onUpdate(listener)
  }

  /** Takes in leaders that a response has told (KIP-951); tells whether that was news. */
  takeLeaders(changes: readonly LeaderChange[], endpoints: readonly BrokerNode[]): boolean {
    return this.metadata.updateLeaders(changes, endpoints)
  }

  /** Runs `attempt` until it succeeds, fails for good, or the time is over, with growing pauses in between. */
  async retry<Result>(options: RetryOptions, attempt: (failures: number) => Promise<Result>): Promise<Result> {
    const deadlineMs = this.nowMs + options.timeoutMs
    const mayRetry = options.isRetriable ?? isRetriable
    for (let failures = 0; ;) {
      try {
        return await attempt(failures)
      } catch (error) {
        failures++
        const pauseMs = this.backoff.delayMs(failures)
        if (this.#isClosed || !mayRetry(error) || this.nowMs + pauseMs >= deadlineMs) throw error
        options.onRetry?.(error)
        await this.sleep(pauseMs)
      }
    }
  }

  /** Resolves after so many milliseconds; rejects with CLOSED when the client is closed before. */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new ClientError('CLOSED', 'the client is closed'))
      const timer = this.env.timers.after(durationMs, () => {
        this.#sleepers.delete(timer)
        resolve()
      })
      this.#sleepers.set(timer, reject)
    })
  }

  /** The id that the cluster has given this client, under which its metrics are found (KIP-714). */
  clientInstanceId(timeoutMs: number): Promise<string> {
    if (this.#telemetry !== undefined) return this.#telemetry.clientInstanceId(timeoutMs)
    return Promise.reject(
      new ClientError('WRONG_STATE', 'enable.metrics.push is off: without it there is no client instance id'),
    )
  }

  /** Pushes the metrics for the last time, then `close`. */
  async finish(): Promise<void> {
    await this.#telemetry?.terminate()
    this.close()
  }

  /** Ends every connection and timer; what waits is rejected. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#updater.close()
    this.#telemetry?.close()
    this.links.close()
    for (const [timer, reject] of this.#sleepers) {
      timer.cancel()
      reject(new ClientError('CLOSED', 'the client is closed'))
    }
    this.#sleepers.clear()
  }
}

/** The first of them, and how many there are beside those. */
function shortened(texts: readonly string[], separator = ', '): string {
  const more = texts.length > namedMax ? `${separator}and ${texts.length - namedMax} more` : ''
  return `${texts.slice(0, namedMax).join(separator)}${more}`
}

/** Of one that may come yet it is said that it is not there, which is worth another try. */
function topicError({ name, errorCode }: TopicMetadata): KafkaError {
  const error = KafkaError.of(errorCode)
  if (!error.retriable && mayCome(errorCode)) {
    const text = `topic ${name} is not there, and cannot be created: ${error.message}`
    return KafkaError.of(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, text)
  }
  return KafkaError.of(errorCode, `topic ${name}: ${error.message}`)
}
