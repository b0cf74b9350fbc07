import { GrowingEntries } from './growing-entries.ts'

export const timeIndexEntryBytes = 12
const entryBytes = timeIndexEntryBytes

/** The largest timestamp so far and the offset that carries it. */
export interface TimestampOffset {
  readonly timestampMs: number
  readonly offset: number
}

/**
 * The time index of one segment (`.timeindex`): sparse entries of (timestamp, offset - base offset), eight and four bytes.
 * An entry says: no record up to and including that offset's batch is later than the timestamp. Timestamps grow.
 */
export class TimeIndex {
  readonly baseOffset: number
  #entries = new GrowingEntries(entryBytes)

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  /** As `OffsetIndex.load`. */
  load(content: Buffer): boolean {
    this.#entries = new GrowingEntries(entryBytes)
    if (content.length % entryBytes !== 0) return false
    const entries = new GrowingEntries(entryBytes, content)
    while (entries.count > 0 && isZero(content, (entries.count - 1) * entryBytes)) entries.count--
    let timestampMs = -1
    let offset = -1
    for (let at = 0; at < entries.sizeBytes; at += entryBytes) {
      const nextTimestampMs = readInt64(content, at)
      const nextOffset = content.readInt32BE(at + 8)
      if (nextTimestampMs <= timestampMs || nextOffset < offset) return false
      timestampMs = nextTimestampMs
      offset = nextOffset
    }
    this.#entries = entries
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

  entryAt(entry: number): TimestampOffset {
    const at = entry * entryBytes
    return {
      timestampMs: readInt64(this.#entries.buffer, at),
      offset: this.baseOffset + this.#entries.buffer.readInt32BE(at + 8),
    }
  }

  /** Timestamp -1 at the base offset when there are no entries. */
  get last(): TimestampOffset {
    return this.count === 0 ? { timestampMs: -1, offset: this.baseOffset } : this.entryAt(this.count - 1)
  }

  /** Adds an entry, unless the timestamp is not later than the last one. */
  maybeAppend(timestampMs: number, offset: number): void {
    const { count } = this
    if (timestampMs < 0) return
    if (count > 0 && timestampMs <= readInt64(this.#entries.buffer, (count - 1) * entryBytes)) return
    const at = this.#entries.add()
    const high = Math.floor(timestampMs / 0x1_0000_0000)
    this.#entries.buffer.writeInt32BE(high, at)
    this.#entries.buffer.writeUInt32BE(timestampMs - high * 0x1_0000_0000, at + 4)
    this.#entries.buffer.writeInt32BE(offset - this.baseOffset, at + 8)
  }

  /** The last entry at or below `timestampMs`; (-1, base offset) when there is none. */
  lookup(timestampMs: number): TimestampOffset {
    let low = 0
    let high = this.count - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      if (readInt64(this.#entries.buffer, middle * entryBytes) <= timestampMs) low = middle + 1
      else high = middle - 1
    }
    return high === -1 ? { timestampMs: -1, offset: this.baseOffset } : this.entryAt(high)
  }

  /** Drops the entries for `offset` and later. */
  truncateTo(offset: number): void {
    const relative = offset - this.baseOffset
    let { count } = this
    while (count > 0 && this.#entries.buffer.readInt32BE((count - 1) * entryBytes + 8) >= relative) count--
    this.#entries.count = count
  }
}

function readInt64(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4)
}

function isZero(content: Buffer, at: number): boolean {
  return content.readInt32BE(at) === 0 && content.readInt32BE(at + 4) === 0 && content.readInt32BE(at + 8) === 0
}
