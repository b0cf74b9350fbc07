import type { Logger } from '@odradek/base'
import type { BuilderHeader, FieldInput } from '@odradek/kafka-protocol'
import type { BatchWaiter, ProducerBatch } from './accumulate/producer-batch.ts'
import type { DeliveryCallback, RecordMetadata } from './producer-record.ts'

/** Who is told what becomes of records; `slot` is which of his records it is about. */
export interface RecordSink extends BatchWaiter {
  /** The record is the last of the batch. */
  accepted(slot: number, batch: ProducerBatch, timestampMs: number): void
  /** The record was not taken. */
  refused(slot: number, error: Error): void
}

/** A serialized record that waits for metadata or for memory. */
export interface PendingRecord {
  readonly topic: string
  readonly partition: number | undefined
  readonly key: FieldInput
  readonly value: FieldInput
  readonly headers: readonly BuilderHeader[]
  readonly timestampMs: number
  readonly sizeBytesMax: number
  /** Monotonic: when `max.block.ms` is over. */
  readonly deadlineMs: number
  readonly sink: RecordSink
  readonly slot: number
}

function metadataOf(batch: ProducerBatch, index: number, timestampMs: number): RecordMetadata {
  return {
    topic: batch.queue.topic,
    partition: batch.queue.partition,
    offset: batch.baseOffset < 0 ? -1 : batch.baseOffset + index,
    timestamp: batch.appendTimeMs >= 0 ? batch.appendTimeMs : timestampMs,
    appendTimeMs: batch.appendTimeMs,
    logStartOffset: batch.logStartOffset,
  }
}

/** One record: which of its batch it is. */
abstract class SingleSink implements RecordSink {
  #index = 0
  #timestampMs = -1

  accepted(_slot: number, batch: ProducerBatch, timestampMs: number): void {
    this.#index = batch.recordCount - 1
    this.#timestampMs = timestampMs
    batch.waiters.push(this)
  }

  refused(_slot: number, error: Error): void {
    this.tell(error, undefined)
  }

  settle(batch: ProducerBatch, error: Error | undefined): void {
    if (error === undefined) this.tell(undefined, metadataOf(batch, this.#index, this.#timestampMs))
    else this.tell(error, undefined)
  }

  protected abstract tell(error: Error | undefined, metadata: RecordMetadata | undefined): void
}

/** One record and its callback. A callback that throws is logged: it must not stop the sending of others' records. */
export class CallbackSink extends SingleSink {
  readonly #callback: DeliveryCallback
  readonly #log: Logger

  constructor(callback: DeliveryCallback, log: Logger) {
    super()
    this.#callback = callback
    this.#log = log
  }

  protected override tell(error: Error | undefined, metadata: RecordMetadata | undefined): void {
    try {
      this.#callback(error, metadata)
    } catch (thrown) {
      this.#log.error('a delivery callback failed', { error: thrown })
    }
  }
}

/** One record and the promise of its metadata. */
export class PromiseSink extends SingleSink {
  readonly #resolve: (metadata: RecordMetadata) => void
  readonly #reject: (error: unknown) => void

  constructor(resolve: (metadata: RecordMetadata) => void, reject: (error: unknown) => void) {
    super()
    this.#resolve = resolve
    this.#reject = reject
  }

  protected override tell(error: Error | undefined, metadata: RecordMetadata | undefined): void {
    if (metadata === undefined) this.#reject(error)
    else this.#resolve(metadata)
  }
}

/** Many records with one result, which comes when all of them are settled. */
export class GroupSink implements RecordSink {
  readonly #batches: ProducerBatch[] = []
  readonly #indexes: Int32Array
  readonly #timestampsMs: Float64Array
  readonly #resolve: (metadata: RecordMetadata[]) => void
  readonly #reject: (error: Error) => void
  /** Records that are neither accepted nor refused, and batches that are not settled. */
  #left: number
  #error: Error | undefined

  constructor(count: number, resolve: (metadata: RecordMetadata[]) => void, reject: (error: Error) => void) {
    this.#indexes = new Int32Array(count)
    this.#timestampsMs = new Float64Array(count)
    this.#resolve = resolve
    this.#reject = reject
    this.#left = count
  }

  accepted(slot: number, batch: ProducerBatch, timestampMs: number): void {
    this.#batches[slot] = batch
    this.#indexes[slot] = batch.recordCount - 1
    this.#timestampsMs[slot] = timestampMs
    if (batch.waiters.at(-1) === this) this.#left--
    else batch.waiters.push(this)
  }

  refused(_slot: number, error: Error): void {
    this.#error ??= error
    this.#settleOne()
  }

  settle(_batch: ProducerBatch, error: Error | undefined): void {
    this.#error ??= error
    this.#settleOne()
  }

  #settleOne(): void {
    if (--this.#left > 0) return
    if (this.#error !== undefined) return this.#reject(this.#error)
    this.#resolve(
      this.#batches.map((batch, slot) =>
        metadataOf(batch, this.#indexes[slot] as number, this.#timestampsMs[slot] as number),
      ),
    )
  }
}
