/** Below this size Node's own pool is as good. */
const pooledBytesMin = 4096

/**
 * Memory for batches, used again: what is fresh from the system costs more than filling it, and what the collector has to free costs again. A buffer has at least
 * the size that was asked for, and any content.
 */
export class BufferPool {
  readonly #sizeBytesMax: number
  /** The one that came back last is at the end: it may still be in the processor's cache. */
  readonly #free: Buffer[] = []
  #freeBytes = 0

  /** Keeps at most `sizeBytesMax` bytes that nobody uses. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax
  }

  /** Bytes that are kept for later. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  take(sizeBytes: number): Buffer {
    if (sizeBytes < pooledBytesMin) return Buffer.allocUnsafe(sizeBytes)
    const index = this.#free.findLastIndex(({ length }) => length >= sizeBytes)
    if (index < 0) return Buffer.allocUnsafeSlow(roundedUp(sizeBytes))
    const [found] = this.#free.splice(index, 1)
    this.#freeBytes -= (found as Buffer).length
    return found as Buffer
  }

  /** Takes back what `take` gave. Nobody may read or write it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length < pooledBytesMin || buffer.length > this.#sizeBytesMax) return
    this.#free.push(buffer)
    this.#freeBytes += buffer.length
    while (this.#freeBytes > this.#sizeBytesMax) this.#freeBytes -= (this.#free.shift() as Buffer).length
  }
}

/** So that batches of nearly the same size can have each other's. */
function roundedUp(sizeBytes: number): number {
  const step = 2 ** Math.max(10, Math.floor(Math.log2(sizeBytes)) - 2)
  return Math.ceil(sizeBytes / step) * step
}
