import { assert, BufferPool } from '@odradek/base'
import { findBatch, measureBatches } from './batch-bytes.ts'
import type { BatchRun } from './batch-bytes.ts'

/** One append, as the buffer it arrived in: whole batches, offsets in place. */
interface CachedAppend {
  readonly owner: TailCache
  /** Empty once it is evicted: the budget's queue must not keep the bytes alive. */
  buffer: Buffer
  readonly baseOffset: number
  readonly nextOffset: number
  isEvicted: boolean
}

/** A piece of a larger buffer keeps all of it alive; up to this many times its own size is put up with. */
const retentionFactorMax = 4
const nothing = Buffer.alloc(0)

/** What is kept in memory over all logs: the oldest appends go first, whosever they are. */
export class TailCacheBudget {
  readonly bytesMax: number
  readonly bytesPerLogMax: number
  /** Where the buffers of appends may come from. */
  readonly buffers: BufferPool
  sizeBytes = 0
  count = 0
  #queue: CachedAppend[] = []
  #head = 0

  constructor(bytesMax: number, bytesPerLogMax: number, buffers = new BufferPool()) {
    this.bytesMax = bytesMax
    this.bytesPerLogMax = bytesPerLogMax
    this.buffers = buffers
  }

  add(append: CachedAppend): void {
    this.#queue.push(append)
    this.sizeBytes += append.buffer.length
    this.count++
    while (this.sizeBytes > this.bytesMax) this.#evictOldest()
    if (this.#queue.length > 2 * this.count + 1024) {
      this.#queue = this.#queue.filter((entry) => !entry.isEvicted)
      this.#head = 0
    }
  }

  removed(sizeBytes: number): void {
    this.sizeBytes -= sizeBytes
    this.count--
  }

  /** An append leaves its log oldest first, so the oldest of all is the oldest of its log. */
  #evictOldest(): void {
    const oldest = this.#queue[this.#head++]
    assert(oldest !== undefined, 'bytes are cached but no append is')
    if (!oldest.isEvicted) oldest.owner.evictOldest()
  }
}

/** The newest batches of one log, contiguous up to its end, served without touching the disk. */
export class TailCache {
  readonly #budget: TailCacheBudget
  #appends: CachedAppend[] = []
  #head = 0
  #sizeBytes = 0
  readonly #run: BatchRun = { sizeBytes: 0, nextOffset: 0 }

  constructor(budget: TailCacheBudget) {
    this.#budget = budget
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** The first offset that is held; Infinity when nothing is. */
  get startOffset(): number {
    return this.#appends[this.#head]?.baseOffset ?? Infinity
  }

  /** Takes what was appended at the end of the log. `buffer` must not be changed from now on. */
  push(buffer: Buffer, baseOffset: number, nextOffset: number): void {
    if (buffer.length > this.#budget.bytesPerLogMax) {
      this.clear()
      return
    }
    const kept = this.#kept(buffer)
    const append = { owner: this, buffer: kept, baseOffset, nextOffset, isEvicted: false }
    this.#appends.push(append)
    this.#sizeBytes += kept.length
    this.#budget.add(append)
    while (this.#sizeBytes > this.#budget.bytesPerLogMax) this.evictOldest()
  }

  /** The buffer, held, or a copy where it would keep too much alive. */
  #kept(buffer: Buffer): Buffer {
    const { buffers } = this.#budget
    if (buffer.length * retentionFactorMax < buffer.buffer.byteLength) {
      const copy = buffers.take(buffer.length)
      buffer.copy(copy)
      return copy
    }
    buffers.hold(buffer)
    return buffer
  }

  evictOldest(): void {
    const append = this.#appends[this.#head]
    if (append === undefined) return
    this.#forget(append)
    this.#head++
    if (this.#head > 64 && this.#head * 2 > this.#appends.length) {
      this.#appends = this.#appends.slice(this.#head)
      this.#head = 0
    }
  }

  /** Drops what reaches `offset` or beyond. */
  truncateTo(offset: number): void {
    while (this.#appends.length > this.#head && (this.#appends.at(-1) as CachedAppend).nextOffset > offset) {
      this.#forget(this.#appends.pop() as CachedAppend)
    }
  }

  clear(): void {
    for (let index = this.#head; index < this.#appends.length; index++)
      this.#forget(this.#appends[index] as CachedAppend)
    this.#appends = []
    this.#head = 0
  }

  /**
   * Whole batches from the one that holds `startOffset` on, or undefined when that is not held. As `measureBatches`; the chunks
   * are views of the buffers that the batches arrived in, each held once for the reader.
   */
  read(
    startOffset: number,
    maxBytes: number,
    minOneMessage: boolean,
    upperBoundOffset: number,
  ): { chunks: Buffer[]; sizeBytes: number; nextOffset: number } | undefined {
    if (startOffset < this.startOffset) return undefined
    const chunks: Buffer[] = []
    let sizeBytes = 0
    let nextOffset = startOffset
    for (let index = this.#find(startOffset); index < this.#appends.length; index++) {
      const { buffer, nextOffset: end } = this.#appends[index] as CachedAppend
      const start = chunks.length === 0 ? findBatch(buffer, 0, buffer.length, startOffset) : 0
      const left = maxBytes - sizeBytes
      const length = buffer.length - start
      if (length <= left && end <= upperBoundOffset) {
        chunks.push(this.#heldForReader(start === 0 ? buffer : buffer.subarray(start)))
        sizeBytes += length
        nextOffset = end
        continue
      }
      const run = this.#run
      measureBatches(buffer, start, buffer.length, left, minOneMessage && sizeBytes === 0, upperBoundOffset, run)
      if (run.sizeBytes > 0) {
        chunks.push(this.#heldForReader(buffer.subarray(start, start + run.sizeBytes)))
        sizeBytes += run.sizeBytes
        nextOffset = run.nextOffset
      }
      break
    }
    return { chunks, sizeBytes, nextOffset }
  }

  #heldForReader(chunk: Buffer): Buffer {
    this.#budget.buffers.hold(chunk)
    return chunk
  }

  #find(offset: number): number {
    let low = this.#head
    let high = this.#appends.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#appends[middle] as CachedAppend).nextOffset <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #forget(append: CachedAppend): void {
    append.isEvicted = true
    this.#sizeBytes -= append.buffer.length
    this.#budget.removed(append.buffer.length)
    this.#budget.buffers.release(append.buffer)
    append.buffer = nothing
  }
}
