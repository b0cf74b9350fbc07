import { invalidRecords } from './record-validation-error.ts'
import type { RecordError } from './record-validation-error.ts'

const recordErrorsMax = 100

/** What is asked of each record. Times are wall milliseconds; a bound that is not wanted is infinite. */
export interface RecordRules {
  readonly baseTimestampMs: number
  /** A compacted topic has no use for records without a key. */
  readonly requireKey: boolean
  readonly timestampMinMs: number
  readonly timestampMaxMs: number
}

/**
 * Walks the records of one batch of magic 2, uncompressed, without touching keys or values and without allocating: lengths must fit each
 * other and the whole, the count must be what the header says. One walker is used again and again; its fields hold the findings.
 */
export class RecordWalker {
  #buffer: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0
  maxTimestampMs = -1
  /** Whether the records are numbered 0, 1, 2, … as a broker needs them to be. */
  isConsecutive = true
  errors: RecordError[] = []
  /** Whether `errors` are all about timestamps, which has an error code of its own. */
  onlyTimestampErrors = true

  /** Throws `RecordValidationError` INVALID_RECORD when the bytes are not `count` records. */
  walk(buffer: Buffer, start: number, end: number, count: number, rules: RecordRules): void {
    this.#buffer = buffer
    this.#at = start
    this.#end = end
    this.maxTimestampMs = -1
    this.isConsecutive = true
    this.onlyTimestampErrors = true
    if (this.errors.length > 0) this.errors = []
    for (let index = 0; index < count; index++) this.#record(index, rules)
    if (this.#at !== end) throw invalidRecords(`${end - this.#at} bytes follow the last of ${count} records`)
    this.#buffer = emptyBuffer
  }

  #record(index: number, rules: RecordRules): void {
    const length = this.#varint()
    const recordEnd = this.#at + length
    if (length < 0 || recordEnd > this.#end)
      throw invalidRecords(`record ${index} states ${length} bytes, ${this.#end - this.#at} are left`)
    this.#at++
    const timestampMs = rules.baseTimestampMs + this.#varlong()
    if (this.#varint() !== index) this.isConsecutive = false
    const keyBytes = this.#varint()
    if (keyBytes > 0) this.#at += keyBytes
    const valueBytes = this.#varint()
    if (valueBytes > 0) this.#at += valueBytes
    const headers = this.#varint()
    if (keyBytes < -1 || valueBytes < -1 || headers < 0) throw invalidRecords(`record ${index} has a negative length`)
    for (let header = 0; header < headers; header++) this.#header(index)
    if (this.#at !== recordEnd)
      throw invalidRecords(`the fields of record ${index} do not add up to its ${length} bytes`)
    if (timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs
    if (keyBytes < 0 && rules.requireKey)
      this.#reject(index, 'a compacted topic does not take records without a key', false)
    else if (timestampMs !== -1 && (timestampMs < rules.timestampMinMs || timestampMs > rules.timestampMaxMs)) {
      this.#reject(
        index,
        `timestamp ${timestampMs} is not within [${rules.timestampMinMs}, ${rules.timestampMaxMs}]`,
        true,
      )
    }
  }

  #header(index: number): void {
    const keyBytes = this.#varint()
    if (keyBytes < 0) throw invalidRecords(`record ${index} has a header without a key`)
    this.#at += keyBytes
    const valueBytes = this.#varint()
    if (valueBytes > 0) this.#at += valueBytes
  }

  #reject(batchIndex: number, message: string, isTimestamp: boolean): void {
    if (!isTimestamp) this.onlyTimestampErrors = false
    if (this.errors.length < recordErrorsMax) this.errors.push({ batchIndex, message })
  }

  #byte(): number {
    if (this.#at >= this.#end) throw invalidRecords('records end in the middle of one')
    return this.#buffer[this.#at++] as number
  }

  #varint(): number {
    let byte = this.#byte()
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    for (let shift = 7; shift < 35; shift += 7) {
      byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw invalidRecords('varint longer than five bytes')
  }

  /** Exact up to 2^53, which no timestamp in milliseconds reaches. */
  #varlong(): number {
    let byte = this.#byte()
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    let scale = 128
    const isNegative = (byte & 1) === 1
    for (let count = 1; count < 10; count++) {
      byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return isNegative ? -(value + 1) / 2 : value / 2
      scale *= 128
    }
    throw invalidRecords('varlong longer than ten bytes')
  }
}

const emptyBuffer = Buffer.alloc(0)
