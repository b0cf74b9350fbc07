import { assert } from '@odradek/base'
import type { BufferPool } from '@odradek/base'
import { batchProbeBytes, batchSizeBytes, measureBatches, readInt64 } from '../core/batch-bytes.ts'
import type { BatchRun } from '../core/batch-bytes.ts'
import { ReadHints } from '../core/read-hints.ts'
import { timeIndexEntryBytes } from '../core/time-index.ts'
import type { TimestampOffset } from '../core/time-index.ts'
import { logSuffix, offsetFileName } from '../file-names.ts'
import type { LogConfig } from '../log-config.ts'
import { BatchScanner } from './batch-scanner.ts'
import type { LogFolder } from './log-folder.ts'
import { LazyFile } from './open-files.ts'
import type { OpenFiles } from './open-files.ts'
import { SegmentIndexes } from './segment-indexes.ts'
import { TransactionIndexFile } from './transaction-index-file.ts'

const relativeOffsetMax = 0x7fff_ffff
const offsetIndexEntryBytes = 8
const maxTimestampAt = 35
/** Of one read from the disk, whatever is asked for; a larger batch is read nevertheless. */
const readBytesMin = 4096
const readBytesMax = 8 * 1024 * 1024

const noBytes = Buffer.alloc(0)

/** What is appended at once: whole batches with their offsets in place. */
export interface SegmentAppend {
  readonly buffer: Buffer
  readonly lastOffset: number
  readonly maxTimestampMs: number
  readonly offsetOfMaxTimestamp: number
}

/** One file of a log with its indexes: batches from `baseOffset` on, until the next segment's. */
export class Segment {
  readonly baseOffset: number
  readonly indexes: SegmentIndexes
  readonly transactions: TransactionIndexFile
  readonly #file: LazyFile
  readonly #files: OpenFiles
  /** Of the log file, as far as it is written. */
  sizeBytes: number
  #createdMs: number
  #max: TimestampOffset | undefined
  #firstTimestampMs: number | undefined
  #bytesSinceIndexEntry = 0
  #isGone = false
  #isPreallocated = false
  readonly #hints = new ReadHints()
  readonly #run: BatchRun = { sizeBytes: 0, nextOffset: 0 }

  constructor(
    files: OpenFiles,
    folder: LogFolder,
    baseOffset: number,
    sizeBytes: number,
    createdMs: number,
    positionModulus?: number,
  ) {
    this.#files = files
    this.baseOffset = baseOffset
    this.sizeBytes = sizeBytes
    this.#createdMs = createdMs
    this.#file = new LazyFile(files, folder, offsetFileName(baseOffset, logSuffix))
    this.indexes = new SegmentIndexes(files.disk, folder, baseOffset, positionModulus)
    this.transactions = new TransactionIndexFile(files.disk, folder, baseOffset)
  }

  get path(): string {
    return this.#file.path
  }

  /** Makes the file of a new segment. */
  create(preallocatedBytes: number): void {
    this.#file.get()
    this.indexes.reset()
    if (preallocatedBytes === 0) return
    this.#file.get().extendSync(preallocatedBytes)
    this.#isPreallocated = true
  }

  /** Writes at the end, in one call to the disk, and notes it in the indexes when enough was written since the last entry. */
  append(
    { buffer, lastOffset, maxTimestampMs, offsetOfMaxTimestamp }: SegmentAppend,
    indexIntervalBytes: number,
  ): void {
    assert(lastOffset - this.baseOffset <= relativeOffsetMax, `offset ${lastOffset} does not fit segment ${this.path}`)
    const position = this.sizeBytes
    this.#file.get().writeSync([buffer], position)
    if (position === 0) this.#firstTimestampMs = maxTimestampMs
    this.sizeBytes = position + buffer.length
    this.#noteBatch(position, buffer.length, lastOffset, maxTimestampMs, offsetOfMaxTimestamp, indexIntervalBytes)
  }

  #noteBatch(
    position: number,
    sizeBytes: number,
    lastOffset: number,
    maxTimestampMs: number,
    offsetOfMaxTimestamp: number,
    indexIntervalBytes: number,
  ): void {
    if (maxTimestampMs > this.max.timestampMs) this.#max = { timestampMs: maxTimestampMs, offset: offsetOfMaxTimestamp }
    if (this.#bytesSinceIndexEntry > indexIntervalBytes) {
      this.indexes.offsets.append(lastOffset, position)
      this.indexes.times.maybeAppend(this.max.timestampMs, this.max.offset)
      this.#bytesSinceIndexEntry = 0
    }
    this.#bytesSinceIndexEntry += sizeBytes
  }

  /** The largest timestamp in the segment and the last offset of the batch that has it; timestamp -1 when there is none. */
  get max(): TimestampOffset {
    this.#max ??= this.indexes.lastTime()
    return this.#max
  }

  /** For retention: the largest timestamp, or for records without one the time of the last write. */
  get largestTimestampMs(): number {
    const { timestampMs } = this.max
    return timestampMs >= 0 ? timestampMs : (this.#files.disk.statusSync(this.path)?.modifiedMs ?? 0)
  }

  /** Whether what comes next belongs into a new segment. */
  shouldRoll(
    append: { sizeBytes: number; lastOffset: number; maxTimestampMs: number },
    config: LogConfig,
    jitterMs: number,
    nowMs: number,
  ): boolean {
    const { offsets, times } = this.indexes
    return (
      this.sizeBytes > config.segmentBytes - append.sizeBytes ||
      (this.sizeBytes > 0 && this.#waitedMs(nowMs, append.maxTimestampMs) > config.segmentMs - jitterMs) ||
      offsets.count >= Math.floor(config.segmentIndexBytes / offsetIndexEntryBytes) ||
      times.count >= Math.floor(config.segmentIndexBytes / timeIndexEntryBytes) - 1 ||
      append.lastOffset - this.baseOffset > relativeOffsetMax
    )
  }

  /** Event time where there is one, so that a replay of old records makes the segments that it made the first time. */
  #waitedMs(nowMs: number, timestampMs: number): number {
    this.#firstTimestampMs ??= this.#readFirstTimestampMs()
    return this.#firstTimestampMs >= 0 ? timestampMs - this.#firstTimestampMs : nowMs - this.#createdMs
  }

  #readFirstTimestampMs(): number {
    const scanner = this.scan(0, false)
    return scanner.next() ? batchMaxTimestampMs(scanner.buffer, scanner.at) : -1
  }

  /** Walks the batches from `position` on; see `BatchScanner`. */
  scan(position: number, bodies: boolean): BatchScanner {
    return new BatchScanner(this.#file.get(), position, this.sizeBytes, bodies)
  }

  /** Position of the first batch that reaches `offset`, the end of the file when there is none. */
  locate(offset: number): number {
    const hinted = this.#hints.find(offset)
    if (hinted !== undefined) return hinted
    const scanner = this.scan(this.indexes.offsets.lookup(offset), false)
    while (scanner.next()) {
      if (scanner.lastOffset >= offset) return scanner.position
    }
    return scanner.position
  }

  /**
   * Whole batches from the one that holds `startOffset` on; undefined when this segment has none. As `measureBatches`. The chunk is one of `buffers`,
   * held once for the reader.
   */
  read(
    startOffset: number,
    maxBytes: number,
    minOneMessage: boolean,
    upperBoundOffset: number,
    buffers: BufferPool,
  ): { chunk: Buffer; nextOffset: number } | undefined {
    const position = this.locate(startOffset)
    const left = this.sizeBytes - position
    if (left <= 0) return undefined
    const file = this.#file.get()
    let buffer = buffers.take(Math.min(left, Math.max(maxBytes, readBytesMin), readBytesMax))
    let length = file.readSync(buffer, 0, buffer.length, position)
    const firstBytes = batchSizeBytes(buffer, 0)
    if (minOneMessage && firstBytes > length && firstBytes <= left) {
      buffers.release(buffer)
      buffer = buffers.take(firstBytes)
      length = file.readSync(buffer, 0, firstBytes, position)
    }
    const run = this.#run
    measureBatches(buffer, 0, length, maxBytes, minOneMessage, upperBoundOffset, run)
    if (run.sizeBytes === 0) {
      buffers.release(buffer)
      return { chunk: noBytes, nextOffset: startOffset }
    }
    this.#hints.add(run.nextOffset, position + run.sizeBytes)
    return { chunk: buffer.subarray(0, run.sizeBytes), nextOffset: run.nextOffset }
  }

  /** Whole batches from the one that holds `startOffset` on, at least one, read beside other work; undefined when this segment has none. */
  async readBeside(startOffset: number, maxBytes: number): Promise<Buffer | undefined> {
    const position = this.locate(startOffset)
    const left = this.sizeBytes - position
    if (left <= 0) return undefined
    return this.#file.use(async (file) => {
      let buffer = Buffer.allocUnsafe(Math.min(left, Math.max(maxBytes, readBytesMin)))
      let length = await file.read(buffer, 0, buffer.length, position)
      const firstBytes = length < batchProbeBytes ? 0 : batchSizeBytes(buffer, 0)
      if (firstBytes > length && firstBytes <= left) {
        buffer = Buffer.allocUnsafe(firstBytes)
        length = await file.read(buffer, 0, firstBytes, position)
      }
      const run: BatchRun = { sizeBytes: 0, nextOffset: 0 }
      measureBatches(buffer, 0, length, maxBytes, true, Infinity, run)
      return buffer.subarray(0, run.sizeBytes)
    })
  }

  /** Offset after the last batch, found from the end of the index; the base offset when the segment is empty. */
  readNextOffset(): number {
    return this.#readEnd().nextOffset
  }

  /** Whether the last batch ends where the file does. */
  endsWithBatch(): boolean {
    return this.#readEnd().position === this.sizeBytes
  }

  #readEnd(): { nextOffset: number; position: number } {
    if (this.sizeBytes === 0) return { nextOffset: this.baseOffset, position: 0 }
    const { offsets } = this.indexes
    const scanner = this.scan(offsets.lookup(offsets.lastOffset), false)
    let nextOffset = this.baseOffset
    while (scanner.next()) nextOffset = scanner.lastOffset + 1
    return { nextOffset, position: scanner.position }
  }

  /**
   * Walks the whole file and builds the indexes anew, beside other work. `accept` is given each batch, wholly in the buffer, and says whether
   * it is valid; what follows the last valid one is cut off. Returns how many bytes that were.
   */
  async recover(accept: (scanner: BatchScanner) => boolean, indexIntervalBytes: number): Promise<number> {
    this.indexes.reset()
    this.transactions.reset()
    this.#max = { timestampMs: -1, offset: this.baseOffset }
    this.#firstTimestampMs = undefined
    this.#bytesSinceIndexEntry = 0
    this.#hints.clear()
    const validBytes = await this.#file.use(async (file) => {
      const scanner = new BatchScanner(file, 0, this.sizeBytes, true)
      let validBytes = 0
      for (;;) {
        const filling = scanner.fill()
        if (filling !== undefined) await filling
        if (!scanner.next()) return validBytes
        const { lastOffset, position, sizeBytes } = scanner
        if (lastOffset - this.baseOffset > relativeOffsetMax || lastOffset < this.baseOffset) return validBytes
        if (!accept(scanner)) return validBytes
        const timestampMs = batchMaxTimestampMs(scanner.buffer, scanner.at)
        this.#noteBatch(position, sizeBytes, lastOffset, timestampMs, lastOffset, indexIntervalBytes)
        validBytes = position + sizeBytes
      }
    })
    const cutBytes = this.sizeBytes - validBytes
    if (cutBytes > 0) this.#cut(validBytes)
    this.indexes.times.maybeAppend(this.max.timestampMs, this.max.offset)
    this.indexes.write()
    return cutBytes
  }

  /** Drops all batches that reach `offset`. */
  truncateTo(offset: number): void {
    const position = this.locate(offset)
    this.indexes.truncateTo(offset)
    this.transactions.truncateTo(offset)
    this.#cut(position)
    this.#bytesSinceIndexEntry = 0
    this.#max = this.#largestTimestampAfterIndex()
  }

  /** At once and for good: what is appended next must not meet the old end again after a power failure. */
  #cut(sizeBytes: number): void {
    this.#file.get().truncateSync(sizeBytes)
    this.#file.get().syncSync()
    this.sizeBytes = sizeBytes
    if (sizeBytes === 0) this.#firstTimestampMs = undefined
    this.#hints.clear()
  }

  #largestTimestampAfterIndex(): TimestampOffset {
    let max = this.indexes.times.last
    const scanner = this.scan(this.indexes.offsets.lookup(max.offset), false)
    while (scanner.next()) {
      const timestampMs = batchMaxTimestampMs(scanner.buffer, scanner.at)
      if (timestampMs > max.timestampMs) max = { timestampMs, offset: scanner.lastOffset }
    }
    return max
  }

  /**
   * Nothing will be appended any more, or not by this process: the time index gets its last entry, and a preallocated file is cut to what was
   * written, or a recovery would take its end for a damaged one. The index files follow with the next sync: this happens between two appends.
   */
  seal(): void {
    this.indexes.times.maybeAppend(this.max.timestampMs, this.max.offset)
    if (this.#isPreallocated) this.#file.get().truncateSync(this.sizeBytes)
    this.#isPreallocated = false
  }

  /** Writes the index files; false when they were as they must be. */
  writeIndexes(): boolean {
    this.indexes.write()
    return this.indexes.needSync
  }

  /** Syncs the log file; indexes too when `withIndexes`, which a segment needs once it is below the recovery point. */
  async sync(withIndexes: boolean): Promise<void> {
    await this.#file.sync()
    if (withIndexes && !this.#isGone) await this.indexes.sync()
    if (withIndexes && !this.#isGone) await this.transactions.sync()
  }

  /** Gives back memory that can be loaded again. */
  release(): void {
    if (this.indexes.wasUsed) this.indexes.wasUsed = false
    else this.indexes.release()
  }

  /** Gives back all that can be had again when the segment is used. */
  rest(): void {
    this.indexes.release()
    this.#file.close()
  }

  closeFiles(): void {
    this.#file.close()
  }

  /** The files are about to be renamed or removed: a sync that is still to come must not make them again. */
  giveUp(): void {
    this.#isGone = true
    this.#file.giveUp()
  }

  /** Paths of all files that the segment may have. */
  paths(): string[] {
    return [this.path, this.indexes.offsetsPath, this.indexes.timesPath, this.transactions.path]
  }
}

/** Of a batch of any magic: the old ones have one timestamp at most. */
export function batchMaxTimestampMs(buffer: Buffer, at: number): number {
  const magic = buffer[at + 16] as number
  if (magic >= 2) return readInt64(buffer, at + maxTimestampAt)
  return magic === 1 ? readInt64(buffer, at + 18) : -1
}
