// Step 4 of 5, for one partition: batches that fill, wait, are under way, or have to be sent again.
import type { BufferPool } from '@odradek/base'
import type { BuilderHeader, FieldInput } from '@odradek/kafka-protocol'
import { ProducerBatch } from './producer-batch.ts'
import type { ProducerIdentity } from './producer-identity.ts'

/** How batches are made and ended; the same for all partitions of a producer. */
export interface BatchRules {
  readonly batchSizeBytes: number
  readonly lingerMs: number
  /** Batches of one partition that may be under way: with more than five, brokers do not recognise a repeated one. */
  readonly inFlightMax: number
  /** Compresses and ends a batch. */
  readonly close: (batch: ProducerBatch) => void
  /** Undefined: batches carry no sequence numbers. */
  readonly identity: ProducerIdentity | undefined
  /** Where batches have their memory from. */
  readonly pool: BufferPool
}

const sequenceCount = 0x8000_0000
const capacityBytesMin = 512
/** How fast a large batch is forgotten. */
const usualSizeDecay = 0.9

/**
 * The batches of one partition, in their order. At the front those that were sent at least once (`inFlight`, in the order of their sequence numbers), behind them
 * the full ones, then the open one. Order is kept through retries: when an attempt fails, nothing is sent until all that was under way has come back; then
 * what is left is sent again from the first on, one by one. Pure: the time comes in, what to send goes out.
 */
export class PartitionQueue {
  readonly topic: string
  readonly partition: number
  readonly #rules: BatchRules
  readonly #inFlight: ProducerBatch[] = []
  #queued: ProducerBatch[] = []
  #open: ProducerBatch | undefined
  /** How many of `inFlight` are under way. */
  #sentCount = 0
  /** The broker that has those. */
  #sentTo = -1
  #retryAtMs = 0
  #producerId = -1
  #producerEpoch = -1
  #nextSequence = 0
  /** A batch of this epoch was acknowledged: the broker knows where the sequence stands. */
  #isRecognised = false
  /** Sequence numbers have a gap, or an unknown end: the next attempt begins a new epoch. */
  #needsNewEpoch = false
  /** Of the largest batch lately. */
  #usualSizeBytes = 0

  constructor(topic: string, partition: number, rules: BatchRules) {
    this.topic = topic
    this.partition = partition
    this.#rules = rules
  }

  /** Nothing is left to do. */
  get isEmpty(): boolean {
    return this.#open === undefined && this.#queued.length === 0 && this.#inFlight.length === 0
  }

  /** Batches that wait for their first attempt: what the adaptive partitioner calls the load. */
  get queuedCount(): number {
    return this.#queued.length + (this.#open === undefined ? 0 : 1)
  }

  /** Whether a record of this size would begin a new batch. */
  isAtBatchEnd(sizeBytesMax: number): boolean {
    return this.#open === undefined || this.#open.builder.sizeBytes + sizeBytesMax > this.#rules.batchSizeBytes
  }

  /** Every batch that is not settled, oldest first. */
  *batches(): Generator<ProducerBatch, undefined> {
    yield* this.#inFlight
    yield* this.#queued
    if (this.#open !== undefined) yield this.#open
  }

  /** Adds a record to the open batch, or to a new one when it does not fit. `sizeBytesMax` bounds the size of the record. */
  append(
    nowMs: number,
    timestampMs: number,
    key: FieldInput,
    value: FieldInput,
    headers: readonly BuilderHeader[],
    sizeBytesMax: number,
    plainBytesMax: number,
  ): ProducerBatch {
    let batch = this.#open
    if (batch !== undefined && batch.builder.sizeBytes + sizeBytesMax > plainBytesMax) {
      this.closeOpen()
      batch = undefined
    }
    if (batch === undefined) {
      batch = new ProducerBatch(this, nowMs, this.#capacityBytes, this.#rules.pool)
      this.#open = batch
    }
    batch.append(timestampMs, key, value, headers)
    return batch
  }

  /** Room for a batch as large as those before it: batch.size, or that doubled or halved, so that batches of all partitions can have each other's memory. */
  get #capacityBytes(): number {
    const wantedBytes = Math.max(capacityBytesMin, this.#usualSizeBytes)
    let capacityBytes = Math.max(capacityBytesMin, this.#rules.batchSizeBytes)
    while (capacityBytes / 2 >= wantedBytes) capacityBytes /= 2
    while (capacityBytes < wantedBytes) capacityBytes *= 2
    return Math.ceil(capacityBytes)
  }

  /** No record is added to the batch that is open now; the next one begins another. */
  closeOpen(): void {
    const batch = this.#open
    if (batch === undefined) return
    this.#usualSizeBytes = Math.max(batch.builder.sizeBytes, this.#usualSizeBytes * usualSizeDecay)
    batch.state = 'queued'
    this.#queued.push(batch)
    this.#open = undefined
  }

  /** From when on the next batch may be sent; Infinity when only an answer can change that. `isHurried`: without lingering. */
  readyAtMs(isHurried: boolean): number {
    if (this.#sentCount > 0 && (this.#needsNewEpoch || this.#isAlone)) return Infinity
    if (this.#inFlight.length > this.#sentCount) return this.#retryAtMs
    if (this.#inFlight.length >= this.#rules.inFlightMax) return Infinity
    if (this.#queued.length > 0) return 0
    if (this.#open === undefined) return Infinity
    return isHurried ? 0 : this.#open.createdMs + this.#rules.lingerMs
  }

  /**
   * Only one batch may be under way. So it is while something has to be sent again; and at the beginning of an epoch, for a broker takes a producer that it does not know
   * at any sequence number: should it refuse the first batch for a moment and take the second, the first would come behind it.
   */
  get #isAlone(): boolean {
    return this.#inFlight.length > this.#sentCount || (this.#rules.identity !== undefined && !this.#isRecognised)
  }

  /** Bytes that the next batch will have at most. */
  get nextSizeBytes(): number {
    const next =
      this.#inFlight.length > this.#sentCount ? this.#inFlight[this.#sentCount] : (this.#queued[0] ?? this.#open)
    return next?.builder.sizeBytes ?? 0
  }

  /** The next batch to send to `brokerId`, with its sequence number; undefined when there is none, or none may be sent now. */
  takeNext(nowMs: number, brokerId: number, isHurried: boolean): ProducerBatch | undefined {
    if (this.readyAtMs(isHurried) > nowMs) return undefined
    // What is under way to another broker has to come back first: it may be overtaken.
    if (this.#sentCount > 0 && this.#sentTo !== brokerId) return undefined
    if (!this.#adoptIdentity()) return undefined
    let batch = this.#inFlight[this.#sentCount]
    if (batch === undefined) {
      if (this.#queued.length === 0) this.closeOpen()
      batch = this.#queued.shift() as ProducerBatch
      this.#rules.close(batch)
      this.#number(batch)
      this.#inFlight.push(batch)
    }
    batch.state = 'sent'
    batch.attempts++
    this.#sentCount++
    this.#sentTo = brokerId
    return batch
  }

  /** Takes over a new id or epoch once nothing of the old one is left; false when there is none yet. */
  #adoptIdentity(): boolean {
    const { identity } = this.#rules
    if (identity === undefined) return true
    if (this.#needsNewEpoch && !identity.isTransactional && this.#isCurrent(identity)) identity.bumpEpoch()
    if (!identity.isKnown) return false
    if (this.#isCurrent(identity) || (this.#inFlight.length > 0 && !this.#needsNewEpoch)) return true
    this.#producerId = identity.producerId
    this.#producerEpoch = identity.producerEpoch
    this.#nextSequence = 0
    this.#isRecognised = false
    this.#needsNewEpoch = false
    for (const batch of this.#inFlight) this.#number(batch)
    return true
  }

  #isCurrent({ producerId, producerEpoch }: ProducerIdentity): boolean {
    return this.#producerId === producerId && this.#producerEpoch === producerEpoch
  }

  #number(batch: ProducerBatch): void {
    if (this.#rules.identity === undefined) return
    batch.producerId = this.#producerId
    batch.producerEpoch = this.#producerEpoch
    batch.baseSequence = this.#nextSequence
    this.#nextSequence = (this.#nextSequence + batch.recordCount) % sequenceCount
  }

  /** Whether all that was sent before the batch is acknowledged: only then does a gap in the sequence numbers mean that something is missing. */
  isFirst(batch: ProducerBatch): boolean {
    return this.#inFlight[0] === batch
  }

  /** The batch was written. */
  acknowledge(batch: ProducerBatch): void {
    this.#returned(batch)
    this.#remove(batch)
    this.#isRecognised = true
  }

  /** An attempt failed; the next one is not made before `retryAtMs`. A batch that was given up meanwhile is not tried again. */
  retryLater(batch: ProducerBatch, retryAtMs: number): void {
    this.#returned(batch)
    if (batch.isSettled) {
      this.#remove(batch)
      this.startNewEpoch()
      return
    }
    batch.state = 'retry'
    this.#retryAtMs = retryAtMs
  }

  /** The batch is given up: after an attempt, it leaves a gap behind, which only a new epoch closes. One that is under way stays until its answer comes. */
  giveUp(batch: ProducerBatch, isReturned: boolean): void {
    if (isReturned) this.#returned(batch)
    if (batch.state === 'sent') return
    if (batch.attempts > 0) this.startNewEpoch()
    this.#remove(batch)
  }

  /** Has the sequence numbers begin anew with the next attempt, after the broker said that some are missing. */
  startNewEpoch(): void {
    this.#needsNewEpoch = this.#rules.identity !== undefined
  }

  /** Puts two batches in the place of one that was too large. */
  replace(batch: ProducerBatch, parts: readonly ProducerBatch[]): void {
    this.#returned(batch)
    const index = this.#inFlight.indexOf(batch)
    if (index < 0) return
    let sequence = batch.baseSequence
    for (const part of parts) {
      part.state = 'retry'
      this.#rules.close(part)
      part.producerId = batch.producerId
      part.producerEpoch = batch.producerEpoch
      part.baseSequence = sequence
      if (sequence >= 0) sequence = (sequence + part.recordCount) % sequenceCount
    }
    this.#inFlight.splice(index, 1, ...parts)
  }

  #returned(batch: ProducerBatch): void {
    if (batch.state !== 'sent') return
    batch.state = 'retry'
    this.#sentCount--
  }

  #remove(batch: ProducerBatch): void {
    if (this.#open === batch) this.#open = undefined
    const list = this.#inFlight.includes(batch) ? this.#inFlight : this.#queued
    const index = list.indexOf(batch)
    if (index >= 0) list.splice(index, 1)
  }
}
