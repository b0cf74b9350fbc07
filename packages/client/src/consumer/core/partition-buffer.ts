import { DecodeError } from '@odradek/base'
import { batchesOf, KafkaError } from '@odradek/kafka-protocol'
import type { BatchRecord, RecordBatch } from '@odradek/kafka-protocol'
import { AbortedTransactions } from './aborted-transactions.ts'
import type { AbortedTransaction } from './aborted-transactions.ts'

interface Chunk {
  readonly buffer: Buffer
  readonly batches: Generator<RecordBatch, undefined>
  readonly aborted: AbortedTransactions | undefined
  /** Of batches that are not begun. */
  unreadBytes: number
}

/** Records in the order of the log, and where reading goes on after them. */
export interface TakenRecords {
  readonly records: readonly BatchRecord[]
  /** Of the batch that they are in. */
  readonly batch: RecordBatch | undefined
  readonly startOffset: number
  readonly nextOffset: number
  readonly leaderEpoch: number
}

/** A batch that cannot be read: reading goes on behind it, or not at all. */
export class UnreadableBatch extends Error {
  override readonly name = 'UnreadableBatch'
  readonly offset: number
  readonly nextOffset: number
  readonly bytes: Buffer

  constructor(bytes: Buffer, offset: number, nextOffset: number, cause: Error) {
    super(`the batch at offset ${offset} cannot be read: ${cause.message}`, { cause })
    this.offset = offset
    this.nextOffset = nextOffset
    this.bytes = bytes
  }
}

/**
 * What was fetched of one partition and not handed over yet. It keeps the bytes as they came; one batch at a time is decompressed and decoded, when
 * its records are taken.
 */
export class PartitionBuffer {
  readonly #isChecking: boolean
  readonly #chunks: Chunk[] = []
  #sizeBytes = 0
  #unreadBytes = 0
  /** Of the batch that is being taken. */
  #records: readonly BatchRecord[] = []
  /** How many of those were handed over. */
  #takenCount = 0
  #batch: RecordBatch | undefined
  /** The next offset to hand over. */
  #position = 0

  constructor(isCheckingCrcs: boolean) {
    this.#isChecking = isCheckingCrcs
  }

  /** What it holds in memory. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** How much of that is in batches that are not begun: what is left to read on with. */
  get unreadBytes(): number {
    return this.#unreadBytes
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0 && !this.#hasRecords
  }

  get #hasRecords(): boolean {
    return this.#takenCount < this.#records.length
  }

  /** Begins at an offset: a fetch answer has the whole batch that it lies in. */
  reset(position: number): void {
    this.#chunks.length = 0
    this.#sizeBytes = 0
    this.#unreadBytes = 0
    this.#records = []
    this.#takenCount = 0
    this.#batch = undefined
    this.#position = position
  }

  /** `aborted` is undefined when all is read, also what is not committed. */
  add(buffer: Buffer, aborted: readonly AbortedTransaction[] | undefined): void {
    const transactions = aborted === undefined ? undefined : new AbortedTransactions(aborted)
    this.#chunks.push({ buffer, batches: batchesOf(buffer), aborted: transactions, unreadBytes: buffer.length })
    this.#sizeBytes += buffer.length
    this.#unreadBytes += buffer.length
  }

  /**
   * The next records, at most so many, all of one batch. Undefined when nothing is left; without records when what was passed over (markers, aborted
   * ones) only moves the position. Throws `UnreadableBatch`; taking again goes on behind it.
   */
  take(countMax: number): TakenRecords | undefined {
    if (this.#hasRecords) return this.#takeOf(countMax)
    const [chunk] = this.#chunks
    if (chunk === undefined) return undefined
    const batch = this.#nextBatch(chunk)
    if (batch === undefined) {
      this.#shift(chunk)
      return this.take(countMax)
    }
    this.#begin(chunk, batch.sizeInBytes)
    this.#batch = batch
    if (!Number.isSafeInteger(batch.nextOffset)) {
      this.#shift(chunk)
      throw this.#unreadable(new DecodeError('MALFORMED', 'its offset is beyond 2^53'), batch.bytes, 0)
    }
    try {
      this.#records = this.#read(batch, chunk.aborted)
      this.#takenCount = 0
    } catch (error) {
      throw this.#unreadable(error, batch.bytes, batch.nextOffset)
    }
    return this.#takeOf(countMax)
  }

  /** Where the sizes are wrong, nothing of the answer can be read from there on. */
  #nextBatch(chunk: Chunk): RecordBatch | undefined {
    try {
      return chunk.batches.next().value
    } catch (error) {
      this.#shift(chunk)
      throw this.#unreadable(error, chunk.buffer, 0)
    }
  }

  #begin(chunk: Chunk, sizeBytes: number): void {
    chunk.unreadBytes -= sizeBytes
    this.#unreadBytes -= sizeBytes
  }

  #shift(chunk: Chunk): void {
    this.#chunks.shift()
    this.#sizeBytes -= chunk.buffer.length
    this.#begin(chunk, chunk.unreadBytes)
  }

  #unreadable(error: unknown, bytes: Buffer, nextOffset: number): unknown {
    if (!(error instanceof DecodeError || error instanceof KafkaError)) return error
    const offset = this.#position
    this.#position = Math.max(nextOffset, offset + 1)
    return new UnreadableBatch(bytes, offset, this.#position, error)
  }

  #read(batch: RecordBatch, aborted: AbortedTransactions | undefined): BatchRecord[] {
    if (this.#isChecking) batch.ensureValid()
    const isAborted = aborted?.isAborted(batch) ?? false
    if (isAborted || batch.isControl) return []
    return batch.recordsFrom(this.#position)
  }

  #takeOf(countMax: number): TakenRecords {
    const batch = this.#batch
    const from = this.#takenCount
    const to = Math.min(from + countMax, this.#records.length)
    const records = from === 0 && to === this.#records.length ? this.#records : this.#records.slice(from, to)
    this.#takenCount = to
    const last = records.at(-1)
    // Compaction may have removed the last records of a batch: it still ends where it did.
    const end = this.#hasRecords && last !== undefined ? last.offset + 1 : (batch?.nextOffset ?? 0)
    // Whoever has them may keep them; here they are done with.
    if (!this.#hasRecords) this.#records = []
    const startOffset = this.#position
    this.#position = Math.max(startOffset, end)
    return { records, batch, startOffset, nextOffset: this.#position, leaderEpoch: batch?.partitionLeaderEpoch ?? -1 }
  }
}
