// Step 5 of 5, the part that does it: requests to the leaders of partitions, their answers, what is tried again and what is given up.
import type { Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { initProducerIdRequest, initProducerIdResponse } from '@odradek/kafka-protocol/messages/22-init-producer-id'
import { isRetriable, isStaleMetadata } from '../../classify-error.ts'
import { ClientError } from '../../client-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Accumulator, ProduceWork, Routes } from '../accumulate/accumulator.ts'
import type { PartitionQueue } from '../accumulate/partition-queue.ts'
import type { ProducerBatch } from '../accumulate/producer-batch.ts'
import type { ProducerIdentity } from '../accumulate/producer-identity.ts'
import type { ProducerConfig } from '../producer-keys.ts'
import type { ProducerMetrics } from '../producer-metrics.ts'
import { leadersIn, ProduceExchange } from './produce-request.ts'
import type { BatchResult } from './produce-request.ts'

/** How transactions have their say in what is sent. */
export interface SendGate {
  /** Whether batches of the partition may be sent now; asks for what is missing if not. */
  isOpen(queue: PartitionQueue): boolean
  /** A batch was given up. */
  failed(error: Error): void
  /** Set when nothing can be sent any more: what waits is given up with it. */
  readonly error: Error | undefined
  /** Whether what has failed may be sent again. */
  readonly mayRetry: boolean
  /** The newest version of Produce that fits the transactions of this cluster. */
  readonly produceVersionMax: number
}

/** Moves batches from the accumulator to the brokers. It looks for work at the end of each turn in which there may be some. */
export class Sender {
  readonly #cluster: Cluster
  readonly #config: ProducerConfig
  readonly #accumulator: Accumulator
  readonly #identity: ProducerIdentity | undefined
  readonly #gate: SendGate | undefined
  readonly #metrics: ProducerMetrics
  readonly #onProgress: () => void
  readonly #acks: number
  readonly #routes: Routes
  /** Requests under way, by broker. */
  readonly #inFlight = new Map<number, number>()
  readonly #idleWaiters: (() => void)[] = []
  readonly #stopListening: () => void
  #isAwake = false
  /** When it was woken last. */
  #wokenAtMs = 0
  #isAskingForId = false
  #wakeTimer: Timer | undefined
  #wakeAtMs = Infinity
  #expiryTimer: Timer | undefined
  #isClosed = false

  /** `onProgress` is called after answers, when memory may be free again. */
  constructor(
    cluster: Cluster,
    config: ProducerConfig,
    accumulator: Accumulator,
    identity: ProducerIdentity | undefined,
    gate: SendGate | undefined,
    metrics: ProducerMetrics,
    onProgress: () => void,
  ) {
    this.#cluster = cluster
    this.#config = config
    this.#accumulator = accumulator
    this.#identity = identity
    this.#gate = gate
    this.#metrics = metrics
    this.#onProgress = onProgress
    this.#acks = config.acks === 'all' ? -1 : Number(config.acks)
    const inFlightMax = config['max.in.flight.requests.per.connection']
    this.#routes = {
      leaderOf: ({ topic, partition }) => {
        const leaderId = cluster.metadata.partition(topic, partition)?.leaderId ?? -1
        return cluster.metadata.brokers.has(leaderId) ? leaderId : -1
      },
      capacityOf: (brokerId) => inFlightMax - (this.#inFlight.get(brokerId) ?? 0),
      isOpen: (queue) => gate?.isOpen(queue) ?? true,
    }
    this.#stopListening = cluster.onUpdate(() => this.wake())
  }

  /** Monotonic milliseconds as of this turn: reading the clock for every record of many would be a part of what they cost. */
  get turnMs(): number {
    return this.#isAwake ? this.#wokenAtMs : this.#cluster.nowMs
  }

  /** Looks for work at the end of this turn. */
  wake(): void {
    if (this.#isAwake || this.#isClosed) return
    this.#isAwake = true
    this.#wokenAtMs = this.#cluster.nowMs
    this.#cluster.env.timers.endOfTurn(() => {
      this.#isAwake = false
      if (!this.#isClosed) this.#run()
    })
  }

  #run(): void {
    if (this.#accumulator.isEmpty) return
    if (this.#expiryTimer === undefined) this.#armExpiry()
    if (this.#gate?.error !== undefined) return this.failUnsent(this.#gate.error)
    if (this.#identity !== undefined && !this.#identity.isKnown) {
      if (!this.#identity.isTransactional) this.#askForId(this.#identity)
      return
    }
    const nowMs = this.#cluster.nowMs
    for (const work of this.#accumulator.collect(nowMs, this.#routes)) this.#send(work)
    if (this.#accumulator.hasUnknownLeader) this.#cluster.requestUpdate()
    this.#armWake(this.#accumulator.nextWakeMs, nowMs)
    // Sequence numbers that begin anew may have used up the id.
    if (this.#identity !== undefined && !this.#identity.isKnown) this.wake()
  }

  #armWake(atMs: number, nowMs: number): void {
    if (this.#wakeTimer !== undefined && this.#wakeAtMs <= atMs) return
    this.#wakeTimer?.cancel()
    this.#wakeTimer = undefined
    this.#wakeAtMs = Infinity
    if (atMs === Infinity) return
    this.#wakeAtMs = atMs
    this.#wakeTimer = this.#cluster.env.timers.after(wholeMs(atMs - nowMs), () => {
      this.#wakeTimer = undefined
      this.#wakeAtMs = Infinity
      if (!this.#isClosed) this.#run()
    })
  }

  #askForId(identity: ProducerIdentity): void {
    if (this.#isAskingForId) return
    this.#isAskingForId = true
    const timeoutMs = this.#config['delivery.timeout.ms']
    const ask = async (): Promise<void> => {
      const link = this.#cluster.links.leastLoaded()
      const answer = await link.send(initProducerIdRequest, initProducerIdResponse, {
        transactionalId: null,
        transactionTimeoutMs: 0x7fff_ffff,
      })
      if (answer.errorCode !== ErrorCode.NONE) throw KafkaError.of(answer.errorCode)
      identity.set(Number(answer.producerId), answer.producerEpoch)
    }
    this.#cluster.retry({ timeoutMs }, ask).then(
      () => {
        this.#isAskingForId = false
        this.wake()
      },
      (error: unknown) => {
        this.#isAskingForId = false
        this.failAll(error instanceof Error ? error : new Error(String(error)))
      },
    )
  }

  #send({ brokerId, batches }: ProduceWork): void {
    const link = this.#cluster.links.get(brokerId)
    const exchange = new ProduceExchange(batches, this.#cluster.metadata, {
      acks: this.#acks,
      timeoutMs: this.#config['request.timeout.ms'],
      transactionalId: this.#config['transactional.id'] ?? null,
    })
    this.#inFlight.set(brokerId, (this.#inFlight.get(brokerId) ?? 0) + 1)
    const failed = (error: unknown): void => {
      this.#returned(brokerId)
      for (const batch of batches) this.#failedAttempt(batch, error as Error)
      if (isRetriable(error)) this.#cluster.requestUpdate()
      this.#progress()
    }
    if (link === undefined) return failed(new ClientError('DISCONNECTED', `broker ${brokerId} has left the cluster`))
    const maxVersion = Math.min(exchange.versionMax, this.#gate?.produceVersionMax ?? Infinity)
    const value = (version: number) => exchange.request(version)
    this.#metrics.sent(batches, this.#cluster.nowMs)
    if (this.#acks === 0) {
      link.sendOneWay(produceRequest, value, { maxVersion }).then((isOut) => {
        this.#returned(brokerId)
        for (const batch of batches) {
          this.#acknowledged(batch, -1, -1)
          if (isOut) batch.builder.release()
        }
        this.#progress()
      }, failed)
      return
    }
    link.send(produceRequest, produceResponse, value, { maxVersion }).then((response) => {
      this.#returned(brokerId)
      this.#metrics.throttled(response.throttleTimeMs, this.#cluster.nowMs)
      const results = exchange.results(response)
      const isLeaderNews = this.#cluster.takeLeaders(...leadersIn(response, results))
      for (const result of results) this.#take(result, isLeaderNews)
      // What has its answer was read: no network needs the bytes any more.
      for (const { batch } of results) if (batch.isSettled) batch.builder.release()
      if (results.length < batches.length) this.#failUnmentioned(batches)
      this.#progress()
    }, failed)
  }

  #failUnmentioned(batches: readonly ProducerBatch[]): void {
    for (const batch of batches) {
      if (batch.state === 'sent')
        this.#failedAttempt(batch, new ClientError('BAD_RESPONSE', 'the answer lacks the partition'))
    }
  }

  /** Requests that wait for their answer. */
  get inFlightCount(): number {
    let count = 0
    for (const ofBroker of this.#inFlight.values()) count += ofBroker
    return count
  }

  #returned(brokerId: number): void {
    const left = (this.#inFlight.get(brokerId) ?? 1) - 1
    if (left === 0) this.#inFlight.delete(brokerId)
    else this.#inFlight.set(brokerId, left)
  }

  #progress(): void {
    if (this.#inFlight.size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
    this.#onProgress()
    this.wake()
  }

  #take(result: BatchResult, isLeaderNews: boolean): void {
    const { batch, errorCode, baseOffset, appendTimeMs } = result
    batch.logStartOffset = result.logStartOffset
    // A repeated batch whose place the broker has forgotten: it was written.
    if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
      return this.#acknowledged(batch, errorCode === ErrorCode.NONE ? baseOffset : -1, appendTimeMs)
    }
    if (errorCode === ErrorCode.MESSAGE_TOO_LARGE && batch.recordCount > 1 && !batch.isSettled)
      return this.#split(batch)
    const error = KafkaError.of(errorCode, result.errorMessage)
    const isRetriedNow = isLeaderNews && result.currentLeader.leaderId >= 0
    this.#failedAttempt(batch, error, isRetriedNow)
    if (isStaleMetadata(error) && !isRetriedNow) this.#cluster.requestUpdate()
  }

  #acknowledged(batch: ProducerBatch, baseOffset: number, appendTimeMs: number): void {
    batch.queue.acknowledge(batch)
    this.#accumulator.release(batch.queue, batch)
    batch.baseOffset = baseOffset
    batch.appendTimeMs = appendTimeMs
    batch.settle(undefined)
  }

  #split(batch: ProducerBatch): void {
    this.#metrics.split(this.#cluster.nowMs)
    const parts = batch.split()
    batch.queue.replace(batch, parts)
    this.#accumulator.release(batch.queue, batch)
    this.#accumulator.adopt(parts)
  }

  #failedAttempt(batch: ProducerBatch, error: Error, isRetriedNow = false): void {
    batch.lastError = error
    const nowMs = this.#cluster.nowMs
    const isInTime = nowMs - batch.createdMs < this.#config['delivery.timeout.ms']
    if (isInTime && batch.attempts <= this.#config.retries && this.#mayRetry(batch, error)) {
      batch.queue.retryLater(batch, isRetriedNow ? nowMs : nowMs + this.#cluster.backoff.delayMs(batch.attempts))
      if (batch.isSettled) this.#accumulator.release(batch.queue, batch)
    } else this.giveUp(batch, isInTime ? error : this.#timeout(batch), true)
  }

  #mayRetry(batch: ProducerBatch, error: Error): boolean {
    if (this.#gate?.mayRetry === false) return false
    if (error instanceof KafkaError && this.#identity !== undefined) {
      if (error.errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) {
        // What stands before it has not come through either: that comes first, then this.
        if (!batch.queue.isFirst(batch)) return true
        if (this.#identity.isTransactional) return false
        batch.queue.startNewEpoch()
        return true
      }
      if (error.errorCode === ErrorCode.UNKNOWN_PRODUCER_ID && !this.#identity.isTransactional) {
        batch.queue.startNewEpoch()
        return true
      }
    }
    return isRetriable(error)
  }

  /** Fails a batch for good. `isReturned`: no request with it is under way. */
  giveUp(batch: ProducerBatch, error: Error, isReturned: boolean): void {
    batch.queue.giveUp(batch, isReturned)
    this.#accumulator.release(batch.queue, batch)
    if (batch.isSettled) return
    this.#metrics.failed(batch, this.#cluster.nowMs)
    this.#gate?.failed(error)
    batch.settle(error)
  }

  /** Fails everything: what is under way too, though it may yet be written. */
  failAll(error: Error): void {
    this.#fail(error, () => true)
  }

  /** Fails what is not under way. */
  failUnsent(error: Error): void {
    this.#fail(error, ({ state }) => state !== 'sent')
  }

  #fail(error: Error, isMeant: (batch: ProducerBatch) => boolean): void {
    const batches = this.#batches(isMeant)
    for (const batch of batches) this.giveUp(batch, error, false)
    if (batches.length > 0) this.#progress()
  }

  #batches(isMeant: (batch: ProducerBatch) => boolean): ProducerBatch[] {
    return [...this.#accumulator.busyQueues].flatMap((queue) => [...queue.batches()].filter(isMeant))
  }

  /** Resolves when no request is under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#inFlight.size === 0) resolve()
      else this.#idleWaiters.push(resolve)
    })
  }

  #timeout(batch: ProducerBatch): ClientError {
    const { topic, partition } = batch.queue
    // It may have had no attempt of its own: without a producer id none goes out.
    const cause = batch.lastError ?? this.#cluster.links.failures[0]
    const why = cause === undefined ? '' : `; the last attempt failed: ${cause.message}`
    const text = `${batch.recordCount} records for ${topic}-${partition} were not acknowledged within delivery.timeout.ms (${this.#config['delivery.timeout.ms']})${why}`
    return new ClientError('TIMED_OUT', text, { cause })
  }

  /** One timer, for the batch that has waited longest. */
  #armExpiry(): void {
    let oldestMs = Infinity
    for (const queue of this.#accumulator.busyQueues) {
      for (const batch of queue.batches()) if (!batch.isSettled) oldestMs = Math.min(oldestMs, batch.createdMs)
    }
    if (oldestMs === Infinity) return
    const delayMs = oldestMs + this.#config['delivery.timeout.ms'] - this.#cluster.nowMs
    this.#expiryTimer = this.#cluster.env.timers.after(wholeMs(delayMs), () => {
      this.#expiryTimer = undefined
      this.#expire()
      this.#armExpiry()
    })
  }

  #expire(): void {
    const latestMs = this.#cluster.nowMs - this.#config['delivery.timeout.ms']
    const expired = this.#batches(({ createdMs, isSettled }) => createdMs <= latestMs && !isSettled)
    for (const batch of expired) this.giveUp(batch, this.#timeout(batch), false)
    this.#progress()
  }

  /** Sends no more. */
  close(): void {
    this.#isClosed = true
    this.#stopListening()
    this.#wakeTimer?.cancel()
    this.#expiryTimer?.cancel()
  }
}

/** Rounded up: a timer that came a hair too early would find nothing to do, and set the next one to no time at all. */
function wholeMs(delayMs: number): number {
  return Math.max(1, Math.ceil(delayMs))
}
