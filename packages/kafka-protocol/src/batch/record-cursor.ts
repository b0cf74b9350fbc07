import { DecodeError } from '@odradek/base'
import type { RecordHeader } from './batch-record.ts'

const emptyBuffer = Buffer.alloc(0)

/**
 * Walks the records of a batch (magic 2) without allocating anything: `next` moves on, the properties are those of the record that it came
 * to. Views of key, value and headers are made only when asked for. One cursor can be used for any number of batches.
 *
 *   length varint | attributes int8 | timestamp delta varlong | offset delta varint | key length varint | key | value length varint
 *   | value | header count varint | { key length varint | key | value length varint | value } ...
 */
export class RecordCursor {
  #buffer: Buffer = emptyBuffer
  #at = 0
  #end = 0
  #left = 0
  #baseOffset = 0
  #baseTimestampMs = 0
  #appendTimeMs = -1
  #headersStart = 0
  #recordEnd = 0
  /** To be added to the offset of the batch. */
  offsetDelta = 0
  timestampDelta = 0
  keyStart = 0
  /** -1 for a null key. */
  keySizeBytes = -1
  valueStart = 0
  /** -1 for a null value. */
  valueSizeBytes = -1

  /**
   * Begins a batch: `count` records, uncompressed, in `buffer` from `start` to `end`. With `appendTimeMs` of 0 or more every record has
   * that timestamp.
   */
  start(
    buffer: Buffer,
    start: number,
    end: number,
    batch: {
      readonly recordCount: number
      readonly baseOffset: number
      readonly baseTimestampMs: number
      readonly appendTimeMs: number
    },
  ): void {
    if (batch.recordCount < 0) throw new DecodeError('MALFORMED', `a batch of ${batch.recordCount} records`)
    this.#buffer = buffer
    this.#at = start
    this.#end = end
    this.#left = batch.recordCount
    this.#baseOffset = batch.baseOffset
    this.#baseTimestampMs = batch.baseTimestampMs
    this.#appendTimeMs = batch.appendTimeMs
  }

  /** Goes to the next record; false after the last. Throws `DecodeError`. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#at !== this.#end)
        throw new DecodeError('MALFORMED', `${this.#end - this.#at} bytes follow the last record of a batch`)
      return false
    }
    this.#left--
    const length = this.#varint()
    const recordEnd = this.#at + length
    if (length < 0 || recordEnd > this.#end) {
      throw new DecodeError('TRUNCATED', `a record of ${length} bytes, ${this.#end - this.#at} are left in its batch`)
    }
    this.#recordEnd = recordEnd
    this.#at++
    this.timestampDelta = this.#varlong()
    this.offsetDelta = this.#varint()
    this.keySizeBytes = this.#varint()
    this.keyStart = this.#at
    if (this.keySizeBytes > 0) this.#at += this.keySizeBytes
    this.valueSizeBytes = this.#varint()
    this.valueStart = this.#at
    if (this.valueSizeBytes > 0) this.#at += this.valueSizeBytes
    if (this.#at > recordEnd || this.keySizeBytes < -1 || this.valueSizeBytes < -1) {
      throw new DecodeError('MALFORMED', 'the lengths of key and value do not fit into their record')
    }
    this.#headersStart = this.#at
    this.#at = recordEnd
    return true
  }

  get offset(): number {
    return this.#baseOffset + this.offsetDelta
  }

  get timestampMs(): number {
    return this.#appendTimeMs >= 0 ? this.#appendTimeMs : this.#baseTimestampMs + this.timestampDelta
  }

  get key(): Buffer | null {
    return this.keySizeBytes < 0 ? null : this.#buffer.subarray(this.keyStart, this.keyStart + this.keySizeBytes)
  }

  get value(): Buffer | null {
    return this.valueSizeBytes < 0
      ? null
      : this.#buffer.subarray(this.valueStart, this.valueStart + this.valueSizeBytes)
  }

  /** Reads the headers of the record, and with that checks that they are well formed. Throws `DecodeError`. */
  headers(): RecordHeader[] {
    if (this.#headersStart + 1 === this.#recordEnd && this.#buffer[this.#headersStart] === 0) return []
    const resumeAt = this.#at
    const batchEnd = this.#end
    this.#at = this.#headersStart
    this.#end = this.#recordEnd
    try {
      const count = this.#varint()
      if (count < 0 || count * 2 > this.#end - this.#at)
        throw new DecodeError('MALFORMED', `a record with ${count} headers`)
      const headers: RecordHeader[] = []
      for (let index = 0; index < count; index++) {
        const key = this.#field(false) as Buffer
        headers.push({ key: key.toString('utf8'), value: this.#field(true) })
      }
      if (this.#at !== this.#end) throw new DecodeError('MALFORMED', 'the headers do not end with their record')
      return headers
    } finally {
      this.#at = resumeAt
      this.#end = batchEnd
    }
  }

  #field(mayBeNull: boolean): Buffer | null {
    const length = this.#varint()
    if (length === -1 && mayBeNull) return null
    const start = this.#at
    if (length < 0 || length > this.#end - start)
      throw new DecodeError('MALFORMED', `${length} bytes of a header, ${this.#end - start} are left`)
    this.#at = start + length
    return this.#buffer.subarray(start, start + length)
  }

  /** Zigzag of 32 bits. */
  #varint(): number {
    let at = this.#at
    if (at < this.#end) {
      const first = this.#buffer[at] as number
      if (first < 0x80) {
        this.#at = at + 1
        return (first >>> 1) ^ -(first & 1)
      }
    }
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= this.#end) throw endsWithinRecord()
      const byte = this.#buffer[at++] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#at = at
        return (value >>> 1) ^ -(value & 1)
      }
    }
    throw new DecodeError('MALFORMED', 'a varint of more than 32 bits in a record')
  }

  /** Zigzag of 64 bits as a number: exact up to 2^53, rounded beyond. In two parts, since a bigint would be allocated. */
  #varlong(): number {
    let at = this.#at
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= this.#end) throw endsWithinRecord()
      const byte = this.#buffer[at++] as number
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#at = at
        return (low >>> 1) ^ -(low & 1)
      }
    }
    // `low` has 28 bits, `high` what is above them; the sign is the lowest bit of all.
    let high = 0
    for (let scale = 1; scale < 2 ** 42; scale *= 0x80) {
      if (at >= this.#end) throw endsWithinRecord()
      const byte = this.#buffer[at++] as number
      high += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#at = at
        const half = (low >>> 1) + (high % 2 ** 36) * 2 ** 27
        return (low & 1) === 1 ? -half - 1 : half
      }
    }
    throw new DecodeError('MALFORMED', 'a varlong of more than 64 bits in a record')
  }
}

function endsWithinRecord(): DecodeError {
  return new DecodeError('TRUNCATED', 'a batch ends within a record')
}
