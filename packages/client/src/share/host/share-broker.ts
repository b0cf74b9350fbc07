import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import { shareFetchRequest, shareFetchResponse } from '@odradek/kafka-protocol/messages/78-share-fetch'
import type { ShareFetchRequest, ShareFetchResponse } from '@odradek/kafka-protocol/messages/78-share-fetch'
import {
  shareAcknowledgeRequest,
  shareAcknowledgeResponse,
} from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import type {
  ShareAcknowledgeRequest,
  ShareAcknowledgeResponse,
} from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import { isStaleMetadata } from '../../classify-error.ts'
import { ClientError } from '../../client-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { Acknowledgements } from '../core/acknowledgements.ts'
import type { AcknowledgementBatch, AcknowledgeMark } from '../core/acknowledgements.ts'
import { ShareSession } from '../core/share-session.ts'
import type { SharePartition } from '../core/share-session.ts'
import type { ShareConsumerConfig } from '../share-keys.ts'
import type { ShareMetrics } from '../share-metrics.ts'

/** What became of the acknowledgements of one partition. */
export interface Acknowledged {
  readonly place: SharePartition
  readonly offsets: readonly number[]
  readonly renewed: readonly number[]
  readonly error: KafkaError | ClientError | undefined
}

export interface ShareBrokerCallbacks {
  readonly onFetched: (broker: ShareBroker, answer: ShareFetchResponse, latencyMs: number) => void
  readonly onAcknowledged: (results: readonly Acknowledged[]) => void
  /** The session has ended, and with it all that was acquired in it. */
  readonly onLost: (broker: ShareBroker) => void
  readonly onLeaders: (answer: ShareFetchResponse | ShareAcknowledgeResponse) => void
  readonly onFailure: (error: unknown) => void
}

type Sent = ReadonlyMap<string, { readonly place: SharePartition; readonly acknowledgements: Acknowledgements }>

interface Flush {
  /** The request that carries the last of what is waited for. */
  readonly requestNumber: number
  readonly results: Acknowledged[]
  readonly resolve: (results: readonly Acknowledged[]) => void
}

/** The share session with one broker, and the acknowledgements that wait for it. One request is under way at a time. */
export class ShareBroker {
  readonly brokerId: number
  readonly #cluster: Cluster
  readonly #config: ShareConsumerConfig
  readonly #memberId: string
  readonly #callbacks: ShareBrokerCallbacks
  readonly #metrics: ShareMetrics
  readonly #session = new ShareSession()
  #pending = new Map<string, { place: SharePartition; acknowledgements: Acknowledgements }>()
  /** Since when acknowledgements wait. */
  pendingSinceMs = Infinity
  #requestNumber = 0
  #underWay: Promise<void> | undefined
  #flushes: Flush[] = []
  #failures = 0
  /** No request before that. */
  retryAtMs = 0

  constructor(
    brokerId: number,
    cluster: Cluster,
    config: ShareConsumerConfig,
    memberId: string,
    callbacks: ShareBrokerCallbacks,
    metrics: ShareMetrics,
  ) {
    this.#metrics = metrics
    this.brokerId = brokerId
    this.#cluster = cluster
    this.#config = config
    this.#memberId = memberId
    this.#callbacks = callbacks
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined
  }

  /** Resolves when no request is under way. */
  async idle(): Promise<void> {
    await this.#underWay
  }

  get hasPending(): boolean {
    return this.#pending.size > 0
  }

  /** Somebody waits for acknowledgements to be on their way. */
  get isFlushing(): boolean {
    return this.#flushes.length > 0
  }

  get mustRenew(): boolean {
    return [...this.#pending.values()].some(({ acknowledgements }) => acknowledgements.hasRenewal)
  }

  mark(place: SharePartition, offset: number, mark: AcknowledgeMark): void {
    this.#acknowledgementsOf(place).mark(offset, mark)
    this.pendingSinceMs = Math.min(this.pendingSinceMs, this.#cluster.nowMs)
  }

  #acknowledgementsOf(place: SharePartition): Acknowledgements {
    const key = keyOf(place)
    let found = this.#pending.get(key)
    if (found === undefined) {
      found = { place, acknowledgements: new Acknowledgements() }
      this.#pending.set(key, found)
    }
    return found.acknowledgements
  }

  /** Resolves with what became of all that was acknowledged until now. */
  flush(): Promise<readonly Acknowledged[]> {
    if (!this.isUnderWay && !this.hasPending) return Promise.resolve([])
    const requestNumber = this.#requestNumber + (this.hasPending ? 1 : 0)
    return new Promise((resolve) => this.#flushes.push({ requestNumber, results: [], resolve }))
  }

  /** Fetches from these partitions, and takes what was acknowledged along. */
  async fetch(partitions: readonly SharePartition[]): Promise<void> {
    const sent: Sent = this.#session.isOpen ? this.#takePending() : new Map<string, never>()
    this.#sending(sent)
    const sinceMs = this.#cluster.nowMs
    const { epoch, added, forgotten } = this.#session.plan(partitions)
    const body: Input<ShareFetchRequest> = {
      groupId: this.#config['group.id'] ?? '',
      memberId: this.#memberId,
      shareSessionEpoch: epoch,
      maxWaitMs: this.#config['fetch.max.wait.ms'],
      minBytes: this.#config['fetch.min.bytes'],
      maxBytes: this.#config['fetch.max.bytes'],
      maxRecords: this.#config['max.poll.records'],
      batchSize: this.#config['max.poll.records'],
      shareAcquireMode: this.#config['share.acquire.mode'] === 'record_limit' ? 1 : 0,
      topics: topicsOf(
        [...new Map([...added, ...placesOf(sent)].map((place) => [keyOf(place), place])).values()],
        sent,
      ),
      forgottenTopicsData: [...Map.groupBy(forgotten, ({ topicId }) => topicId)].map(([topicId, places]) => ({
        topicId,
        partitions: places.map(({ partition }) => partition),
      })),
    }
    const timeoutMs = this.#config['request.timeout.ms'] + this.#config['fetch.max.wait.ms']
    await this.#exchange(sent, async () => {
      const link = this.#link('fetch')
      const answer = await link.send(shareFetchRequest, shareFetchResponse, body, { timeoutMs })
      if (!this.#takeHead(answer, sent)) return
      this.#callbacks.onLeaders(answer)
      const errors = new Map(
        answer.responses.flatMap(({ topicId, partitions: ofTopic }) =>
          ofTopic.map(({ partitionIndex, acknowledgeErrorCode, acknowledgeErrorMessage }) => [
            keyOf({ topicId, partition: partitionIndex }),
            errorIn(acknowledgeErrorCode, acknowledgeErrorMessage),
          ]),
        ),
      )
      this.#settle(sent, (place) => errors.get(keyOf(place)))
      this.#callbacks.onFetched(this, answer, this.#cluster.nowMs - sinceMs)
    })
  }

  /** Sends what was acknowledged. With `isLast` the session ends, and the broker takes back what was not acknowledged. */
  async acknowledge({ isLast = false } = {}): Promise<void> {
    const sent = this.#takePending()
    if (!this.#session.isOpen) {
      this.#requestNumber++
      this.#settle(sent, () => new KafkaError('SHARE_SESSION_NOT_FOUND'))
      this.#settleFlushes()
      return
    }
    this.#sending(sent)
    const isRenewAck = [...sent.values()].some(({ acknowledgements }) => acknowledgements.hasRenewal)
    const body: Input<ShareAcknowledgeRequest> = {
      groupId: this.#config['group.id'] ?? '',
      memberId: this.#memberId,
      shareSessionEpoch: isLast ? this.#session.close() : this.#session.epoch,
      topics: topicsOf(placesOf(sent), sent),
    }
    await this.#exchange(sent, async () => {
      const link = this.#link('fetch')
      const answer = await link.send(shareAcknowledgeRequest, shareAcknowledgeResponse, (version) => {
        if (version >= 2) return { ...body, isRenewAck }
        if (!isRenewAck) return body
        throw new ClientError('UNSUPPORTED_VERSION', 'only brokers from Kafka 4.2 on can renew locks (KIP-1222)')
      })
      if (!isLast && !this.#takeHead(answer, sent)) return
      this.#callbacks.onLeaders(answer)
      const errors = new Map(
        answer.responses.flatMap(({ topicId, partitions }) =>
          partitions.map(({ partitionIndex, errorCode, errorMessage }) => [
            keyOf({ topicId, partition: partitionIndex }),
            errorIn(errorCode, errorMessage),
          ]),
        ),
      )
      this.#settle(sent, (place) => errors.get(keyOf(place)) ?? errorIn(answer.errorCode, answer.errorMessage))
    })
  }

  #link(purpose: 'fetch') {
    const link = this.#cluster.links.get(this.brokerId, purpose)
    if (link === undefined) throw new KafkaError('LEADER_NOT_AVAILABLE')
    return link
  }

  #sending(sent: Sent): void {
    let count = 0
    for (const { acknowledgements } of sent.values()) {
      acknowledgements.firstSentMs ??= this.#cluster.nowMs
      count += acknowledgements.count
    }
    this.#metrics.acknowledging(count)
  }

  #takePending(): Sent {
    const sent = this.#pending
    this.#pending = new Map()
    this.pendingSinceMs = Infinity
    return sent
  }

  #exchange(sent: Sent, ask: () => Promise<void>): Promise<void> {
    this.#requestNumber++
    const exchange = this.#guard(sent, ask).finally(() => {
      this.#underWay = undefined
      this.#settleFlushes()
    })
    this.#underWay = exchange
    return exchange
  }

  async #guard(sent: Sent, ask: () => Promise<void>): Promise<void> {
    try {
      await ask()
    } catch (error) {
      if (!(error instanceof KafkaError || error instanceof ClientError)) throw error
      this.#lose(sent, error)
      if (error.code === 'UNSUPPORTED_VERSION') this.#callbacks.onFailure(error)
    }
  }

  /** False when the answer has nothing more to tell. */
  #takeHead(answer: ShareFetchResponse | ShareAcknowledgeResponse, sent: Sent): boolean {
    const isAlive = this.#session.answered(answer.errorCode)
    if (answer.errorCode === ErrorCode.NONE) return true
    const error = KafkaError.of(answer.errorCode, answer.errorMessage ?? undefined)
    if (isAlive && error.code !== 'SHARE_SESSION_LIMIT_REACHED') {
      if (!this.#settle(sent, () => error)) this.#pause()
      if (!error.retriable && error.code !== 'UNKNOWN_SERVER_ERROR') this.#callbacks.onFailure(error)
    } else this.#lose(sent, error)
    return false
  }

  #lose(sent: Sent, error: KafkaError | ClientError): void {
    this.#session.failed()
    this.#settle(sent, () => error)
    this.#settle(this.#takePending(), () => error)
    this.#pause()
    this.#cluster.requestUpdate()
    this.#cluster.env.log.debug('a share session has ended', { brokerId: this.brokerId, error })
    this.#callbacks.onLost(this)
  }

  #pause(): void {
    this.#failures++
    this.retryAtMs = this.#cluster.nowMs + this.#cluster.backoff.delayMs(this.#failures)
  }

  /** Tells what became of what was sent, but for what is worth saying again. True: there was such, after a pause. */
  #settle(sent: Sent, errorOf: (place: SharePartition) => KafkaError | ClientError | undefined): boolean {
    const results: Acknowledged[] = []
    let hasAgain = false
    for (const { place, acknowledgements } of sent.values()) {
      const error = errorOf(place)
      if (error !== undefined && isStaleMetadata(error)) this.#cluster.requestUpdate()
      if (error !== undefined && this.#isWorthRepeating(error, acknowledgements)) {
        this.#acknowledgementsOf(place).takeBack(acknowledgements)
        hasAgain = true
        continue
      }
      const { offsets, renewed } = acknowledgements
      if (error !== undefined) this.#metrics.refused(offsets.length)
      results.push({ place, offsets, renewed, error })
    }
    if (hasAgain) this.#sayAgain()
    else if (this.#session.isOpen) this.#failures = 0
    for (const flush of this.#flushes) flush.results.push(...results)
    if (results.length > 0) this.#callbacks.onAcknowledged(results)
    return hasAgain
  }

  /** Where the leader has changed or the session has ended, the records are others' to have. */
  #isWorthRepeating(error: KafkaError | ClientError, { firstSentMs = -Infinity }: Acknowledgements): boolean {
    const isInTime = this.#cluster.nowMs - firstSentMs < this.#config['default.api.timeout.ms']
    return this.#session.isOpen && isInTime && error instanceof KafkaError && error.retriable && !isStaleMetadata(error)
  }

  /** Whoever waits for what was sent in vain waits for the next request. */
  #sayAgain(): void {
    this.pendingSinceMs = this.#cluster.nowMs
    this.#flushes = this.#flushes.map((flush) => ({ ...flush, requestNumber: this.#requestNumber + 1 }))
    this.#pause()
  }

  #settleFlushes(): void {
    const done = this.#flushes.filter(({ requestNumber }) => requestNumber <= this.#requestNumber)
    this.#flushes = this.#flushes.filter((flush) => !done.includes(flush))
    for (const { resolve, results } of done) resolve(results)
  }
}

function keyOf({ topicId, partition }: SharePartition): string {
  return `${topicId}-${partition}`
}

function placesOf(sent: Sent): SharePartition[] {
  return [...sent.values()].map(({ place }) => place)
}

function errorIn(errorCode: number, message: string | null): KafkaError | undefined {
  return errorCode === ErrorCode.NONE ? undefined : KafkaError.of(errorCode, message ?? undefined)
}

function topicsOf(
  places: readonly SharePartition[],
  sent: Sent,
): {
  readonly topicId: string
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly acknowledgementBatches: readonly AcknowledgementBatch[]
  }[]
}[] {
  return [...Map.groupBy(places, ({ topicId }) => topicId)].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map((place) => ({
      partitionIndex: place.partition,
      acknowledgementBatches: sent.get(keyOf(place))?.acknowledgements.batches() ?? [],
    })),
  }))
}
