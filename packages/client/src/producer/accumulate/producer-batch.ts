import { RecordBatchBuilder, RecordCursor } from '@odradek/kafka-protocol'
import type { BufferPool } from '@odradek/base'
import type { BuilderHeader, FieldInput } from '@odradek/kafka-protocol'
import type { PartitionQueue } from './partition-queue.ts'

/** Told once what became of a batch that it has records in. */
export interface BatchWaiter {
  /** Without an error, the batch has its offset. */
  settle(batch: ProducerBatch, error: Error | undefined): void
}

/**
 * open: records may be added. queued: full, waits for its first attempt. sent: a request with it is under way. retry: an attempt failed, another one will follow.
 */
export type BatchState = 'open' | 'queued' | 'sent' | 'retry'

/** Records of one partition that are sent together, and who waits for them. */
export class ProducerBatch {
  /** The queue that it stands in. */
  readonly queue: PartitionQueue
  readonly builder: RecordBatchBuilder
  /** Monotonic. */
  readonly createdMs: number
  readonly waiters: BatchWaiter[] = []
  state: BatchState = 'open'
  /** Requests that have carried it. */
  attempts = 0
  producerId = -1
  producerEpoch = -1
  baseSequence = -1
  /** Why the last attempt failed. */
  lastError: Error | undefined
  isSettled = false
  baseOffset = -1
  /** -1 unless the topic has the broker's timestamps. */
  appendTimeMs = -1
  logStartOffset = -1
  /** Bytes of its records. */
  memoryBytes = 0
  /** What the accumulator's memory counts for it. */
  countedBytes = 0

  readonly #pool: BufferPool

  constructor(queue: PartitionQueue, createdMs: number, capacityBytes: number, pool: BufferPool) {
    this.queue = queue
    this.createdMs = createdMs
    this.#pool = pool
    this.builder = new RecordBatchBuilder(capacityBytes, pool)
  }

  get recordCount(): number {
    return this.builder.recordCount
  }

  append(timestampMs: number, key: FieldInput, value: FieldInput, headers: readonly BuilderHeader[]): number {
    const sizeBytes = this.builder.append(timestampMs, key, value, headers)
    this.memoryBytes += sizeBytes
    return sizeBytes
  }

  /** The bytes as they are sent; `isTransactional` goes into the header. */
  seal(isTransactional: boolean): Buffer[] {
    const { producerId, producerEpoch, baseSequence } = this
    return this.builder.seal({ producerId, producerEpoch, baseSequence, isTransactional })
  }

  settle(error: Error | undefined): void {
    if (this.isSettled) return
    this.isSettled = true
    for (const waiter of this.waiters.splice(0)) waiter.settle(this, error)
  }

  /**
   * Two batches of half the records each, in their order, for a batch that the broker finds too large. Whoever waits for this one is told when both are settled;
   * the offset is that of the first.
   */
  split(): [ProducerBatch, ProducerBatch] {
    const whole = new RecordCopier(this.builder)
    const half = this.recordCount >> 1
    const first = this.#part(whole, half)
    const second = this.#part(whole, this.recordCount - half)
    const joined = new SplitWaiter(this)
    first.waiters.push(joined)
    second.waiters.push(joined)
    return [first, second]
  }

  #part(whole: RecordCopier, count: number): ProducerBatch {
    const part = new ProducerBatch(this.queue, this.createdMs, this.builder.sizeBytes >> 1, this.#pool)
    whole.copy(part, count)
    part.attempts = this.attempts
    part.lastError = this.lastError
    return part
  }
}

/** Walks the records of a batch that is being split. */
class RecordCopier {
  readonly #cursor = new RecordCursor()

  constructor(builder: RecordBatchBuilder) {
    const { plainRecords: plain, recordCount, baseTimestampMs } = builder
    this.#cursor.start(plain, 0, plain.length, { recordCount, baseOffset: 0, baseTimestampMs, appendTimeMs: -1 })
  }

  copy(target: ProducerBatch, count: number): void {
    const cursor = this.#cursor
    for (let index = 0; index < count && cursor.next(); index++) {
      target.append(cursor.timestampMs, cursor.key, cursor.value, cursor.headers())
    }
  }
}

/** Settles a batch that was split when its parts are. */
class SplitWaiter implements BatchWaiter {
  readonly #whole: ProducerBatch
  readonly #waiters: readonly BatchWaiter[]
  #left = 2
  #error: Error | undefined

  constructor(whole: ProducerBatch) {
    this.#whole = whole
    this.#waiters = whole.waiters.splice(0)
    whole.isSettled = true
  }

  settle(part: ProducerBatch, error: Error | undefined): void {
    this.#error ??= error
    const whole = this.#whole
    if (error === undefined && (whole.baseOffset < 0 || part.baseOffset < whole.baseOffset))
      whole.baseOffset = part.baseOffset
    whole.appendTimeMs = part.appendTimeMs
    if (--this.#left === 0) for (const waiter of this.#waiters) waiter.settle(whole, this.#error)
  }
}
