import { GrowingEntries } from './growing-entries.ts'

const entryBytes = 8
const kafkaModulus = 0x1_0000_0000

/**
 * The offset index of one segment (`.index`): sparse entries of (offset - base offset, position in the file), four bytes each, both
 * growing.
 *
 * Positions are stored modulo 2^32. As they only grow, and two neighbours are less than 2^32 apart, each step back in the stored
 * numbers is one wrap; `#wraps` keeps the entry numbers at which they happened, so a file below 4 GiB is exactly Kafka's.
 */
export class OffsetIndex {
  readonly baseOffset: number
  readonly #modulus: number
  #entries = new GrowingEntries(entryBytes)
  #wraps: number[] = []

  /** `modulus` is for tests: where positions wrap. */
  constructor(baseOffset: number, modulus = kafkaModulus) {
    this.baseOffset = baseOffset
    this.#modulus = modulus
  }

  /**
   * Takes the bytes of a file. Zeros at its end, left by a preallocation, are dropped. False, and the index is empty, when the
   * entries are not an index of this segment: offsets that do not grow, or a size that is no whole number of entries.
   */
  load(content: Buffer): boolean {
    this.truncateToEntries(0)
    if (content.length % entryBytes !== 0) return false
    const entries = new GrowingEntries(entryBytes, content)
    while (entries.count > 0 && isZero(content, (entries.count - 1) * entryBytes)) entries.count--
    let offset = -1
    let position = -1
    const wraps: number[] = []
    for (let entry = 0; entry < entries.count; entry++) {
      const nextOffset = content.readInt32BE(entry * entryBytes)
      const nextPosition = content.readUInt32BE(entry * entryBytes + 4)
      if (nextOffset <= offset) return false
      if (nextPosition < position) wraps.push(entry)
      offset = nextOffset
      position = nextPosition
    }
    this.#entries = entries
    this.#wraps = wraps
    return true
  }

  get count(): number {
    return this.#entries.count
  }

  get sizeBytes(): number {
    return this.#entries.sizeBytes
  }

  /** Bytes of the entries from number `from` on, as in the file. */
  bytesFrom(from: number): Buffer {
    return this.#entries.buffer.subarray(from * entryBytes, this.sizeBytes)
  }

  offsetAt(entry: number): number {
    return this.baseOffset + this.#entries.buffer.readInt32BE(entry * entryBytes)
  }

  positionAt(entry: number): number {
    const stored = this.#entries.buffer.readUInt32BE(entry * entryBytes + 4)
    let wraps = 0
    while (wraps < this.#wraps.length && (this.#wraps[wraps] as number) <= entry) wraps++
    return stored + wraps * this.#modulus
  }

  get lastOffset(): number {
    return this.count === 0 ? this.baseOffset : this.offsetAt(this.count - 1)
  }

  /** Position of the batch whose last offset is `offset`. */
  append(offset: number, position: number): void {
    const stored = position % this.#modulus
    const { count } = this
    const previous = count === 0 ? -1 : this.#entries.buffer.readUInt32BE((count - 1) * entryBytes + 4)
    if (stored < previous) this.#wraps.push(count)
    const at = this.#entries.add()
    this.#entries.buffer.writeInt32BE(offset - this.baseOffset, at)
    this.#entries.buffer.writeUInt32BE(stored, at + 4)
  }

  /** Where to start looking for `offset`: the position of the last entry at or below it, 0 when there is none. */
  lookup(offset: number): number {
    const entry = this.#floor(offset)
    return entry === -1 ? 0 : this.positionAt(entry)
  }

  /** Drops the entries for `offset` and later. */
  truncateTo(offset: number): void {
    this.truncateToEntries(this.#floor(offset - 1) + 1)
  }

  truncateToEntries(count: number): void {
    this.#entries.count = Math.min(count, this.count)
    while (this.#wraps.length > 0 && (this.#wraps.at(-1) as number) >= count) this.#wraps.pop()
  }

  #floor(offset: number): number {
    const relative = offset - this.baseOffset
    let low = 0
    let high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (this.#entries.buffer.readInt32BE(middle * entryBytes) <= relative) low = middle + 1
      else high = middle - 1
    }
    return high
  }
}

function isZero(content: Buffer, start: number): boolean {
  return content.readInt32BE(start) === 0 && content.readInt32BE(start + 4) === 0
}
