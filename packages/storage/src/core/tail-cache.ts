import { assert, BufferPool } from '@odradek/base'
import { findBatch, measureBatches } from './batch-bytes.ts'
import type { BatchRun } from './batch-bytes.ts'

/** Whole batches, offsets in place: one append in the buffer that it arrived in, or small ones one after the other. */
interface Piece {
  readonly owner: TailCache
  /** Empty once it is evicted: the budget's queue must not keep the bytes alive. */
  memory: Buffer
  /** How much of the memory is used. */
  usedBytes: number
  readonly baseOffset: number
  nextOffset: number
  /** Small appends may be put behind what is there. */
  takesMore: boolean
  isEvicted: boolean
}

/** Appends up to this size are copied together. */
const smallSizeBytesMax = 8 * 1024
/** Into as much memory, and no more than this share of what one log may have; the first ones of a log into less. */
const pieceSizeBytesMax = 64 * 1024
const pieceShare = 8

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
  #queue: Piece[] = []
  #head = 0

  constructor(bytesMax: number, bytesPerLogMax: number, buffers = new BufferPool()) {
    this.bytesMax = bytesMax
    this.bytesPerLogMax = bytesPerLogMax
    this.buffers = buffers
  }

  add(piece: Piece): void {
    this.#queue.push(piece)
    this.sizeBytes += piece.memory.length
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

  /** A piece leaves its log oldest first, so the oldest of all is the oldest of its log. */
  #evictOldest(): void {
    const oldest = this.#queue[this.#head++]
    assert(oldest !== undefined, 'bytes are cached but no piece is')
    if (!oldest.isEvicted) oldest.owner.evictOldest()
  }
}

/** The newest batches of one log, contiguous up to its end, served without touching the disk. */
export class TailCache {
  readonly #budget: TailCacheBudget
  #pieces: Piece[] = []
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
    return this.#pieces[this.#head]?.baseOffset ?? Infinity
  }

  /** Takes what was appended at the end of the log. `buffer` must not be changed from now on. */
  push(buffer: Buffer, baseOffset: number, nextOffset: number): void {
    if (buffer.length > this.#budget.bytesPerLogMax) {
      this.clear()
      return
    }
    const last = this.#pieces.length > this.#head ? this.#pieces.at(-1) : undefined
    if (last?.takesMore === true && last.memory.length - last.usedBytes >= buffer.length) {
      last.usedBytes += buffer.copy(last.memory, last.usedBytes)
      last.nextOffset = nextOffset
      return
    }
    const takesMore = buffer.length <= smallSizeBytesMax
    const memory = takesMore ? this.#copy(buffer, this.#pieceSizeBytes(buffer, last)) : this.#kept(buffer)
    const usedBytes = buffer.length
    const piece = { owner: this, memory, usedBytes, baseOffset, nextOffset, takesMore, isEvicted: false }
    this.#pieces.push(piece)
    this.#sizeBytes += memory.length
    this.#budget.add(piece)
    while (this.#sizeBytes > this.#budget.bytesPerLogMax) this.evictOldest()
  }

  /** The first is as large as its append: of many logs that are hardly written to, each has little. */
  #pieceSizeBytes(buffer: Buffer, last: Piece | undefined): number {
    const sizeBytesMax = Math.min(pieceSizeBytesMax, Math.floor(this.#budget.bytesPerLogMax / pieceShare))
    return Math.max(buffer.length, Math.min(sizeBytesMax, 2 * (last?.memory.length ?? 0)))
  }

  #copy(buffer: Buffer, sizeBytes: number): Buffer {
    const copy = this.#budget.buffers.take(sizeBytes)
    buffer.copy(copy)
    return copy
  }

  /** The buffer, held, or a copy where it would keep too much alive. */
  #kept(buffer: Buffer): Buffer {
    if (buffer.length * retentionFactorMax < buffer.buffer.byteLength) return this.#copy(buffer, buffer.length)
    this.#budget.buffers.hold(buffer)
    return buffer
  }

  evictOldest(): void {
    const piece = this.#pieces[this.#head]
    if (piece === undefined) return
    this.#forget(piece)
    this.#head++
    if (this.#head > 64 && this.#head * 2 > this.#pieces.length) {
      this.#pieces = this.#pieces.slice(this.#head)
      this.#head = 0
    }
  }

  /** Drops the batches that reach `offset` or beyond, and no other: what comes next follows on what is left. */
  truncateTo(offset: number): void {
    while (this.#pieces.length > this.#head) {
      const last = this.#pieces.at(-1) as Piece
      if (last.nextOffset <= offset) return
      const { memory, usedBytes } = last
      const keptBytes = findBatch(memory, 0, usedBytes, offset)
      if (keptBytes > 0) {
        measureBatches(memory, 0, keptBytes, Infinity, false, Infinity, this.#run)
        last.usedBytes = keptBytes
        last.nextOffset = this.#run.nextOffset
        // A reader may hold what is cut off: nothing is put in its place.
        last.takesMore = false
        return
      }
      this.#forget(last)
      this.#pieces.pop()
    }
  }

  clear(): void {
    for (let index = this.#head; index < this.#pieces.length; index++) this.#forget(this.#pieces[index] as Piece)
    this.#pieces = []
    this.#head = 0
  }

  /**
   * Whole batches from the one that holds `startOffset` on, or undefined when that is not held. As `measureBatches`; the chunks
   * are views of the memory that the batches are in, each held once for the reader.
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
    for (let index = this.#find(startOffset); index < this.#pieces.length; index++) {
      const { memory, usedBytes, nextOffset: end } = this.#pieces[index] as Piece
      const start = chunks.length === 0 ? findBatch(memory, 0, usedBytes, startOffset) : 0
      const left = maxBytes - sizeBytes
      const length = usedBytes - start
      if (length <= left && end <= upperBoundOffset) {
        chunks.push(this.#heldForReader(memory.subarray(start, usedBytes)))
        sizeBytes += length
        nextOffset = end
        continue
      }
      const run = this.#run
      measureBatches(memory, start, usedBytes, left, minOneMessage && sizeBytes === 0, upperBoundOffset, run)
      if (run.sizeBytes > 0) {
        chunks.push(this.#heldForReader(memory.subarray(start, start + run.sizeBytes)))
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
    let high = this.#pieces.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#pieces[middle] as Piece).nextOffset <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #forget(piece: Piece): void {
    piece.isEvicted = true
    this.#sizeBytes -= piece.memory.length
    this.#budget.removed(piece.memory.length)
    this.#budget.buffers.release(piece.memory)
    piece.memory = nothing
  }
}
