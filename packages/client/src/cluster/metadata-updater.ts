import type { Env, Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import type { MetadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { mayCome } from '../classify-error.ts'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import type { Backoff } from './backoff.ts'
import type { ClusterLinks } from './cluster-links.ts'
import type { MetadataCache } from './metadata-cache.ts'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Keeps the metadata cache fresh: one request at a time, for the topics that somebody wants; again after `metadata.max.age.ms`, while one of them or the leader
 * of one of its partitions is missing, and as soon as somebody asks, with a pause between two that brought nothing new. When no broker that is known can be reached, or metadata could not be had for
 * long, it begins with the bootstrap addresses again (KIP-899, KIP-1102).
 */
export class MetadataUpdater {
  readonly #env: Env
  readonly #config: CommonConfig
  readonly #links: ClusterLinks
  readonly #cache: MetadataCache
  readonly #backoff: Backoff
  readonly #allowAutoTopicCreation: boolean
  readonly #wanted = new Set<string>()
  #wantsAll = false
  /** Topics that were never asked for; the next request goes out without a pause. */
  #hasNewTopics = false
  /** Who waits for an answer to a request that was sent after they came. */
  #waiters: Waiter[] = []
  readonly #listeners = new Set<() => void>()
  #isAsking = false
  /** Whether `requestUpdate` was called after the request that is under way was sent. */
  #isAskedAgain = false
  #timer: Timer | undefined
  #timerAtMs = Infinity
  /** Requests in a row that failed or were asked for again at once. */
  #attempts = 0
  #lastAttemptMs = -Infinity
  #lastSuccessMs: number
  #lastError: unknown
  #isClosed = false

  constructor(
    env: Env,
    config: CommonConfig,
    links: ClusterLinks,
    cache: MetadataCache,
    backoff: Backoff,
    allowAutoTopicCreation: boolean,
  ) {
    this.#env = env
    this.#config = config
    this.#links = links
    this.#cache = cache
    this.#backoff = backoff
    this.#allowAutoTopicCreation = allowAutoTopicCreation
    this.#lastSuccessMs = env.clock.monotonicMs()
  }

  /** Why the last request failed, if it did. */
  get lastError(): unknown {
    return this.#lastError
  }

  /** Asks for these topics from now on. */
  want(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#wanted.has(name)) continue
      this.#wanted.add(name)
      if (!this.#wantsAll) this.#hasNewTopics = true
    }
  }

  /** Asks for these no more, and forgets them. */
  unwant(names: Iterable<string>): void {
    for (const name of names) {
      this.#wanted.delete(name)
      if (!this.#wantsAll) this.#cache.forget(name)
    }
  }

  /** Asks for all topics of the cluster, or no longer. */
  wantAll(wantsAll: boolean): void {
    if (wantsAll && !this.#wantsAll) this.#hasNewTopics = true
    this.#wantsAll = wantsAll
  }

  /** Calls the listener after every update of the cache by an answer; returns what ends that. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks for metadata as soon as the pause since the last time is over. */
  requestUpdate(): void {
    if (this.#isAsking) this.#isAskedAgain = true
    else this.#schedule(this.#dueMs())
  }

  /** Resolves after the next answer to a request that is sent from now on. Rejects when the client is closed, may not log in, or is set up for other listeners. */
  refresh(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError())
      this.#waiters.push({ resolve, reject })
      if (!this.#isAsking) this.#schedule(this.#dueMs())
    })
  }

  #dueMs(): number {
    if (this.#hasNewTopics && this.#lastError === undefined) return 0
    if (this.#attempts === 0) return 0
    return this.#lastAttemptMs + this.#backoff.delayMs(this.#attempts)
  }

  #schedule(atMs: number): void {
    if (this.#isClosed || (this.#timer !== undefined && this.#timerAtMs <= atMs)) return
    this.#timer?.cancel()
    this.#timerAtMs = atMs
    this.#timer = this.#env.timers.after(atMs - this.#env.clock.monotonicMs(), () => {
      this.#timer = undefined
      this.#timerAtMs = Infinity
      void this.#ask()
    })
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    this.#isAskedAgain = false
    const waiters = this.#waiters.splice(0)
    this.#lastAttemptMs = this.#env.clock.monotonicMs()
    this.#hasNewTopics = false
    const isComplete = this.#wantsAll
    let isLacking = false
    try {
      const response = await this.#send(isComplete)
      this.#take(response, isComplete)
      isLacking = response.topics.some((topic) => lacksSomething(topic))
    } catch (error) {
      this.#isAsking = false
      this.#failed(error, waiters)
      return
    }
    this.#isAsking = false
    for (const { resolve } of waiters) resolve()
    for (const listener of this.#listeners) listener()
    // Somebody who asks again at once did not find what he wanted: the pause grows. After a quiet time it is short again. What the answer lacked is asked for
    // in any case: who has nothing to do without it, such as a member whose group was divided before the topic was known, would ask for nothing.
    if (this.#waiters.length > 0 || this.#isAskedAgain || isLacking) {
      this.#attempts++
      this.#schedule(this.#dueMs())
      return
    }
    this.#attempts = 1
    this.#schedule(this.#lastSuccessMs + this.#config['metadata.max.age.ms'])
  }

  #send(isComplete: boolean): Promise<MetadataResponse> {
    const topics = isComplete ? null : [...this.#wanted].map((name) => ({ name }))
    return this.#links.leastLoaded().send(metadataRequest, metadataResponse, {
      topics,
      allowAutoTopicCreation: !isComplete && this.#allowAutoTopicCreation,
    })
  }

  #take(response: MetadataResponse, isComplete: boolean): void {
    if (response.errorCode !== ErrorCode.NONE) throw KafkaError.of(response.errorCode)
    // A broker that is just starting knows none, itself neither: what it says would leave this client without an address.
    if (response.brokers.length === 0) throw KafkaError.of(ErrorCode.BROKER_NOT_AVAILABLE)
    this.#cache.update(response, isComplete)
    this.#links.dropUnknown()
    this.#lastSuccessMs = this.#env.clock.monotonicMs()
    this.#lastError = undefined
  }

  #failed(error: unknown, waiters: readonly Waiter[]): void {
    this.#lastError = error
    this.#attempts++
    if (this.#isClosed) return
    if (this.#links.areAllWrong || (error instanceof ClientError && isHopeless(error))) {
      for (const { reject } of [...waiters, ...this.#waiters.splice(0)]) reject(error)
    } else this.#waiters.unshift(...waiters)
    this.#rebootstrapIfNeeded(error)
    this.#schedule(this.#dueMs())
  }

  #rebootstrapIfNeeded(error: unknown): void {
    const isAsked = error instanceof KafkaError && error.errorCode === ErrorCode.REBOOTSTRAP_REQUIRED
    const silenceMs = this.#env.clock.monotonicMs() - this.#lastSuccessMs
    const isLost =
      this.#config['metadata.recovery.strategy'] === 'rebootstrap' &&
      (this.#links.areAllUnreachable || silenceMs >= this.#config['metadata.recovery.rebootstrap.trigger.ms'])
    if ((isAsked || isLost) && this.#cache.brokers.size > 0) {
      this.#env.log.info('begins with the bootstrap servers again, since no broker that is known answers')
      this.#cache.forgetBrokers()
      this.#lastSuccessMs = this.#env.clock.monotonicMs()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    for (const { reject } of this.#waiters.splice(0)) reject(closedError())
  }
}

/** A topic that is not there yet, or has a partition without a leader: it may be there soon. */
function lacksSomething({ errorCode, partitions }: MetadataResponse['topics'][number]): boolean {
  return [errorCode, ...partitions.map((partition) => partition.errorCode)].some(
    (code) => code !== ErrorCode.NONE && mayCome(code),
  )
}

function isHopeless({ code }: ClientError): boolean {
  return code === 'AUTHENTICATION_FAILED' || code === 'UNSUPPORTED_VERSION' || code === 'INVALID_CONFIG'
}

function closedError(): ClientError {
  return new ClientError('CLOSED', 'the client is closed')
}
