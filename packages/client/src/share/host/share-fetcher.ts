import type { Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { ShareFetchResponse } from '@odradek/kafka-protocol/messages/78-share-fetch'
import type { ShareAcknowledgeResponse } from '@odradek/kafka-protocol/messages/79-share-acknowledge'
import { isStaleMetadata } from '../../classify-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { AcquiredBatch } from '../core/acquired-batch.ts'
import { AcquiredQueue } from '../core/acquired-queue.ts'
import { acquiredRecords } from '../core/acquired-records.ts'
import type { SharePartition } from '../core/share-session.ts'
import type { ShareConsumerConfig } from '../share-keys.ts'
import type { ShareMetrics } from '../share-metrics.ts'
import type { AcknowledgeResult, AcknowledgeType } from '../share-record.ts'
import { ShareBroker } from './share-broker.ts'
import type { Acknowledged, ShareBrokerCallbacks } from './share-broker.ts'

/** Acknowledgements that no fetch takes along wait so long for others. */
const lingerMs = 100

export interface ShareFetcherCallbacks {
  readonly onRecords: () => void
  readonly onAcknowledged: (results: readonly AcknowledgeResult[]) => void
  readonly onFailure: (error: unknown) => void
  /** Whether the application waits for records. What it does not want is left to other members. */
  readonly isWanting: () => boolean
}

/** Acquires records when the application wants some, and tells the brokers what became of them. */
export class ShareFetcher {
  readonly queue = new AcquiredQueue()
  readonly #cluster: Cluster
  readonly #config: ShareConsumerConfig
  readonly #memberId: string
  readonly #callbacks: ShareFetcherCallbacks
  readonly #metrics: ShareMetrics
  readonly #brokers = new Map<number, ShareBroker>()
  #assigned: readonly SharePartition[] = []
  /** The lock's duration as the brokers last told; undefined before. */
  lockTimeoutMs: number | undefined
  #isScheduled = false
  #isClosed = false
  #timer: Timer | undefined

  constructor(
    cluster: Cluster,
    config: ShareConsumerConfig,
    memberId: string,
    callbacks: ShareFetcherCallbacks,
    metrics: ShareMetrics,
  ) {
    this.#metrics = metrics
    this.#cluster = cluster
    this.#config = config
    this.#memberId = memberId
    this.#callbacks = callbacks
  }

  get assigned(): readonly SharePartition[] {
    return this.#assigned
  }

  assign(partitions: readonly SharePartition[]): void {
    this.#assigned = partitions
    this.kick()
  }

  /** What became of one record. */
  acknowledge(batch: AcquiredBatch, offset: number, type: AcknowledgeType): void {
    if (type !== 'renew') this.queue.close(batch, offset)
    this.#broker(batch.brokerId).mark(batch.place, offset, type)
    this.kick()
  }

  /** Looks for what can be done, at the end of this turn. */
  kick(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    this.#cluster.env.timers.endOfTurn(() => {
      this.#isScheduled = false
      if (!this.#isClosed) this.#run()
    })
  }

  /** Resolves with what became of all that was acknowledged. */
  async flush(): Promise<AcknowledgeResult[]> {
    const flushes = [...this.#brokers.values()].map((broker) => broker.flush())
    this.kick()
    return (await Promise.all(flushes)).flat().map((result) => this.#named(result))
  }

  #broker(brokerId: number): ShareBroker {
    let broker = this.#brokers.get(brokerId)
    if (broker === undefined) {
      const callbacks: ShareBrokerCallbacks = {
        onFetched: (from, answer, latencyMs) => this.#take(from, answer, latencyMs),
        onAcknowledged: (results) => this.#acknowledged(brokerId, results),
        onLost: (lost) => this.queue.forgetBroker(lost.brokerId),
        onLeaders: (answer) => this.#takeLeaders(answer),
        onFailure: this.#callbacks.onFailure,
      }
      broker = new ShareBroker(brokerId, this.#cluster, this.#config, this.#memberId, callbacks, this.#metrics)
      this.#brokers.set(brokerId, broker)
    }
    return broker
  }

  #run(): void {
    const nowMs = this.#cluster.nowMs
    const isWanting = this.#callbacks.isWanting() && this.queue.isEmpty
    const byBroker = isWanting ? this.#byLeader() : new Map<number, SharePartition[]>()
    let nextMs = Infinity
    for (const brokerId of new Set([...this.#brokers.keys(), ...byBroker.keys()])) {
      const broker = this.#broker(brokerId)
      const partitions = byBroker.get(brokerId) ?? []
      if (broker.isUnderWay) continue
      if (broker.retryAtMs > nowMs) {
        nextMs = Math.min(nextMs, broker.retryAtMs)
        continue
      }
      const isDue = broker.hasPending && (broker.isFlushing || nowMs >= broker.pendingSinceMs + lingerMs)
      if (broker.mustRenew || (isDue && partitions.length === 0)) this.#start(broker.acknowledge())
      else if (partitions.length > 0) this.#start(broker.fetch(partitions))
      else if (broker.hasPending) nextMs = Math.min(nextMs, broker.pendingSinceMs + lingerMs)
    }
    this.#timer?.cancel()
    this.#timer = undefined
    if (nextMs < Infinity) this.#timer = this.#cluster.env.timers.after(nextMs - nowMs, () => this.kick())
  }

  #start(exchange: Promise<void>): void {
    exchange.then(
      () => this.kick(),
      (error: unknown) => this.#callbacks.onFailure(error),
    )
  }

  #byLeader(): Map<number, SharePartition[]> {
    const byLeader = new Map<number, SharePartition[]>()
    for (const place of this.#assigned) {
      const topic = this.#cluster.metadata.topicById(place.topicId)?.name
      const leaderId =
        topic === undefined ? -1 : (this.#cluster.metadata.partition(topic, place.partition)?.leaderId ?? -1)
      if (leaderId < 0 || this.#cluster.links.get(leaderId) === undefined) {
        this.#cluster.requestUpdate()
        continue
      }
      const known = byLeader.get(leaderId)
      if (known === undefined) byLeader.set(leaderId, [place])
      else known.push(place)
    }
    return byLeader
  }

  #take(broker: ShareBroker, answer: ShareFetchResponse, latencyMs: number): void {
    if (answer.acquisitionLockTimeoutMs > 0) this.lockTimeoutMs = answer.acquisitionLockTimeoutMs
    let [recordCount, sizeBytes] = [0, 0]
    for (const { topicId, partitions } of answer.responses) {
      const topic = this.#cluster.metadata.topicById(topicId)?.name
      if (topic === undefined) continue
      let [topicCount, topicBytes] = [0, 0]
      for (const result of partitions) {
        topicBytes += result.records?.length ?? 0
        if (result.errorCode !== ErrorCode.NONE) this.#takeError(topic, result.partitionIndex, result.errorCode)
        else topicCount += this.#takeRecords(broker, topic, topicId, result)
      }
      if (topicBytes > 0) this.#metrics.fetches.received(topic, topicBytes, topicCount)
      recordCount += topicCount
      sizeBytes += topicBytes
    }
    this.#metrics.fetches.fetched(latencyMs, sizeBytes, answer.throttleTimeMs, recordCount)
    if (recordCount > 0) this.#callbacks.onRecords()
  }

  /** How many there are. */
  #takeRecords(
    broker: ShareBroker,
    topic: string,
    topicId: string,
    result: ShareFetchResponse['responses'][number]['partitions'][number],
  ): number {
    if (result.acquiredRecords.length === 0) return 0
    const place = { topicId, partition: result.partitionIndex }
    const { records } = result
    const bytes = records === null ? null : Buffer.from(records.buffer, records.byteOffset, records.length)
    const found = acquiredRecords(bytes, result.acquiredRecords, this.#config['check.crcs'])
    for (const offset of found.gaps) broker.mark(place, offset, 'gap')
    for (const offset of found.damaged) broker.mark(place, offset, 'reject')
    if (found.damage !== undefined) {
      this.#cluster.env.log.error('records cannot be read and are rejected', {
        topic,
        partition: place.partition,
        offsets: found.damaged.length,
        error: found.damage,
      })
    }
    const lockedUntilMs = this.#cluster.nowMs + (this.lockTimeoutMs ?? Infinity)
    const whole = found.records.map((record) => ({
      topic,
      partition: place.partition,
      ...record,
      timestampMs: Math.min(record.timestampMs, Number.MAX_SAFE_INTEGER),
    }))
    const batch = new AcquiredBatch({ topic, place, brokerId: broker.brokerId }, whole, lockedUntilMs)
    this.queue.add(batch, this.#cluster.nowMs)
    return whole.length
  }

  #takeError(topic: string, partition: number, errorCode: number): void {
    const error = KafkaError.of(errorCode, `cannot read ${topic}-${partition}: ${KafkaError.of(errorCode).message}`)
    if (isStaleMetadata(error)) this.#cluster.requestUpdate()
    else if (!error.retriable && error.code !== 'UNKNOWN_SERVER_ERROR') this.#callbacks.onFailure(error)
  }

  #takeLeaders(answer: ShareFetchResponse | ShareAcknowledgeResponse): void {
    const changes = answer.responses.flatMap(({ topicId, partitions }) => {
      const topic = this.#cluster.metadata.topicById(topicId)?.name
      return partitions.flatMap(({ partitionIndex, currentLeader }) =>
        topic === undefined || currentLeader.leaderId < 0 || currentLeader.leaderEpoch < 0
          ? []
          : [{ topic, partition: partitionIndex, ...currentLeader }],
      )
    })
    if (changes.length === 0) return
    const endpoints = answer.nodeEndpoints.map(({ nodeId, host, port, rack }) => ({ id: nodeId, host, port, rack }))
    this.#cluster.takeLeaders(changes, endpoints)
  }

  #acknowledged(brokerId: number, results: readonly Acknowledged[]): void {
    for (const { place, renewed, error } of results) {
      const topic = this.#cluster.metadata.topicById(place.topicId)?.name ?? place.topicId
      for (const offset of renewed) {
        const batch = this.queue.find({ topic, partition: place.partition }, offset)
        if (batch === undefined || batch.brokerId !== brokerId) continue
        if (error === undefined) batch.renew(offset, this.#cluster.nowMs + (this.lockTimeoutMs ?? Infinity))
        else this.queue.close(batch, offset)
      }
    }
    this.#callbacks.onAcknowledged(results.map((result) => this.#named(result)))
  }

  #named({ place, offsets, error }: Acknowledged): AcknowledgeResult {
    const topic = this.#cluster.metadata.topicById(place.topicId)?.name ?? place.topicId
    return { topic, partition: place.partition, offsets, error }
  }

  /** Gives back what is not acknowledged, sends what is, and ends the sessions. */
  async close(): Promise<void> {
    for (const batch of this.queue.all) {
      for (const offset of batch.open) this.#broker(batch.brokerId).mark(batch.place, offset, 'release')
    }
    this.stop()
    await Promise.all(
      [...this.#brokers.values()].map(async (broker) => {
        await broker.idle()
        await broker.acknowledge({ isLast: true })
      }),
    )
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }
}
