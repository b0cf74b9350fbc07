import { assert } from './assert.ts'

/** Smaller ones are not worth it. */
const defaultSizeBytesMin = 512
const defaultFreeBytesMax = 32 * 1024 * 1024
/** A power of two is divided into so many sizes: at most an eighth of a buffer is not used. */
const sizesPerPower = 8

export interface BufferPoolOptions {
  /** Buffers from this size on are used again. */
  readonly sizeBytesMin?: number
  /** What may lie about unused; what is beyond is left to the garbage collector. */
  readonly freeBytesMax?: number
  /** Overwrites what comes back, so that a test sees who uses a buffer after giving it back. */
  readonly erases?: boolean
}

/** Free memory of one size. */
interface FreeList {
  /** The one that came back last is at the end, and goes first: it may still be in the processor's cache. */
  readonly memories: ArrayBufferLike[]
  /** Which call it was that wanted this size, or gave it back, last. */
  lastUse: number
}

/**
 * Large buffers that are used again when all who hold them have let go. A broker that takes and gives hundreds of MB/s would otherwise have the
 * garbage collector look through its whole heap several times a second for their sake, and the system clear new pages. The same for a producer's batches.
 *
 * A buffer has one holder when it is taken; each further holder says so. Whoever never lets go, because it cannot know when, takes the buffer from the
 * pool for good: it is garbage in the end, as any. To let go too early, or twice, is the mistake that counts.
 */
export class BufferPool {
  readonly #sizeBytesMin: number
  readonly #freeBytesMax: number
  readonly #erases: boolean
  /** By size. */
  readonly #free = new Map<number, FreeList>()
  #freeBytes = 0
  #useCount = 0
  /** Of those that were taken. */
  readonly #holders = new WeakMap<ArrayBufferLike, { count: number }>()

  constructor(options: BufferPoolOptions = {}) {
    this.#sizeBytesMin = options.sizeBytesMin ?? defaultSizeBytesMin
    this.#freeBytesMax = options.freeBytesMax ?? defaultFreeBytesMax
    this.#erases = options.erases ?? false
  }

  /** Bytes of buffers that nobody holds. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer of `sizeBytes`, with anything in it, held once. */
  take(sizeBytes: number): Buffer {
    if (sizeBytes < this.#sizeBytesMin) return Buffer.allocUnsafeSlow(sizeBytes)
    const capacity = capacityFor(sizeBytes)
    const memory = this.#listOf(capacity).memories.pop()
    if (memory === undefined) {
      const fresh = Buffer.allocUnsafeSlow(capacity).buffer
      this.#holders.set(fresh, { count: 1 })
      return Buffer.from(fresh, 0, sizeBytes)
    }
    this.#freeBytes -= capacity
    const holders = this.#holders.get(memory)
    assert(holders?.count === 0, 'a buffer that is free has no holder')
    holders.count = 1
    return Buffer.from(memory, 0, sizeBytes)
  }

  #listOf(capacity: number): FreeList {
    let list = this.#free.get(capacity)
    if (list === undefined) this.#free.set(capacity, (list = { memories: [], lastUse: 0 }))
    list.lastUse = ++this.#useCount
    return list
  }

  /** One more holds the memory of `buffer`, which may be part of one that was taken. */
  hold(buffer: Buffer): void {
    const holders = this.#holders.get(buffer.buffer)
    if (holders === undefined) return
    assert(holders.count > 0, 'a buffer is held by somebody before another one holds it')
    holders.count++
  }

  /** One holder less. */
  release(buffer: Buffer): void {
    const memory = buffer.buffer
    const holders = this.#holders.get(memory)
    if (holders === undefined) return
    assert(holders.count > 0, 'a buffer is let go by those who hold it')
    holders.count--
    if (holders.count > 0) return
    if (this.#erases) new Uint8Array(memory).fill(0xee)
    const capacity = memory.byteLength
    if (capacity > this.#freeBytesMax) {
      this.#holders.delete(memory)
      return
    }
    this.#freeBytes += capacity
    this.#listOf(capacity).memories.push(memory)
    while (this.#freeBytes > this.#freeBytesMax) this.#forgetOne()
  }

  /** Of the size that was not wanted for the longest time: sizes that nobody asks for any more do not take the room of those that are. */
  #forgetOne(): void {
    let oldest: FreeList | undefined
    for (const list of this.#free.values()) {
      if (list.memories.length > 0 && (oldest === undefined || list.lastUse < oldest.lastUse)) oldest = list
    }
    const memory = oldest?.memories.shift()
    assert(memory !== undefined, 'bytes that are free are in a list')
    this.#freeBytes -= memory.byteLength
    this.#holders.delete(memory)
  }
}

function capacityFor(sizeBytes: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(sizesPerPower, sizeBytes)))
  const step = power / sizesPerPower
  return Math.ceil(sizeBytes / step) * step
}
