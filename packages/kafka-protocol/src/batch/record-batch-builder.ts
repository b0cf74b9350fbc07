import { BufferPool, crc32c } from '@odradek/base'
import { compress, compressions, isWorthCompressing } from '../compression/compression.ts'
import type { Compression } from '../compression/compression.ts'
import { attributeBit, batchAt, batchPrefixBytes } from './batch-layout.ts'

/** What a producer gives for a key or a value: text is written as UTF-8. */
export type FieldInput = Uint8Array | string | null | undefined

export interface BuilderHeader {
  readonly key: string
  readonly value?: FieldInput
}

/** Who sends a batch, for the broker to recognise one that comes again; -1 in all three: nobody in particular. */
export interface BatchProducer {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly isTransactional: boolean
}

const shortTextBytesMax = 32
const noHeaders: readonly BuilderHeader[] = []
const noBytes = Buffer.alloc(0)
const noPool = new BufferPool({ sizeBytesMin: Infinity })

/**
 * Grows one record batch of magic 2, record by record, straight into the bytes that are sent: nothing is kept per record. After `close`, which compresses
 * it, nothing can be added; `seal` may be called again when the batch has to be sent under another sequence number.
 */
export class RecordBatchBuilder {
  readonly #pool: BufferPool
  #buffer: Buffer
  #at: number = batchAt.records
  #content: Buffer | undefined
  #compression: Compression = 'none'
  recordCount = 0
  baseTimestampMs = -1
  maxTimestampMs = -1

  /** Its memory comes from `pool`, and goes back there by `release`. */
  constructor(capacityBytes = 1024, pool = noPool) {
    this.#pool = pool
    this.#buffer = pool.take(Math.max(capacityBytes, 2 * batchAt.records))
  }

  /** Bytes of the batch as it is now: header and records, uncompressed until `close`. */
  get sizeBytes(): number {
    return this.#content === undefined ? this.#at : batchAt.records + this.#content.length
  }

  /** The records that were added, uncompressed. */
  get plainRecords(): Buffer {
    return this.#buffer.subarray(batchAt.records, this.#at)
  }

  /** Adds a record and returns the bytes that it takes. */
  append(
    timestampMs: number,
    key: FieldInput,
    value: FieldInput,
    headers: readonly BuilderHeader[] = noHeaders,
  ): number {
    if (this.recordCount === 0) this.baseTimestampMs = timestampMs
    if (timestampMs > this.maxTimestampMs) this.maxTimestampMs = timestampMs
    const timestampDelta = timestampMs - this.baseTimestampMs
    const offsetDelta = this.recordCount
    const keySize = fieldSizeBytes(key)
    const valueSize = fieldSizeBytes(value)
    const bodySize =
      1 +
      varintSizeBytes(timestampDelta) +
      varintSizeBytes(offsetDelta) +
      (keySize < 0 ? 1 : varintSizeBytes(keySize) + keySize) +
      (valueSize < 0 ? 1 : varintSizeBytes(valueSize) + valueSize) +
      headersSizeBytes(headers)
    const size = varintSizeBytes(bodySize) + bodySize
    if (this.#at + size > this.#buffer.length) this.#grow(size)
    const start = this.#at
    this.#varint(bodySize)
    this.#buffer[this.#at++] = 0
    this.#varint(timestampDelta)
    this.#varint(offsetDelta)
    this.#field(key, keySize)
    this.#field(value, valueSize)
    this.#headers(headers)
    this.recordCount++
    return this.#at - start
  }

  #grow(length: number): void {
    const next = this.#pool.take(Math.max(this.#buffer.length * 2, this.#at + length))
    this.#buffer.copy(next, 0, 0, this.#at)
    this.#pool.release(this.#buffer)
    this.#buffer = next
  }

  /** Zigzag. A number has 53 bits, which is more than two timestamps can be apart. */
  #varint(value: number): void {
    const buffer = this.#buffer
    let at = this.#at
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    for (; rest >= 0x8000_0000; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80
    for (; rest >= 0x80; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80
    buffer[at++] = rest
    this.#at = at
  }

  #field(field: FieldInput, size: number): void {
    if (size < 0) {
      this.#buffer[this.#at++] = 1
      return
    }
    this.#varint(size)
    if (typeof field === 'string') this.#text(field, size)
    else {
      this.#buffer.set(field as Uint8Array, this.#at)
      this.#at += size
    }
  }

  #text(text: string, size: number): void {
    const at = this.#at
    if (size === text.length && size <= shortTextBytesMax) {
      for (let index = 0; index < size; index++) this.#buffer[at + index] = text.charCodeAt(index)
    } else this.#buffer.write(text, at, size, 'utf8')
    this.#at = at + size
  }

  #headers(headers: readonly BuilderHeader[]): void {
    this.#varint(headers.length)
    for (const { key, value } of headers) {
      const keySize = Buffer.byteLength(key)
      this.#varint(keySize)
      this.#text(key, keySize)
      this.#field(value, fieldSizeBytes(value))
    }
  }

  /** Ends the batch and compresses it, unless it is large and gains nothing; nothing can be added any more. `level` as for `compress`. */
  close(compression: Compression, level?: number): void {
    if (this.#content !== undefined) return
    const plain = this.plainRecords
    this.#compression = isWorthCompressing(compression, plain, level) ? compression : 'none'
    this.#content = compress(this.#compression, plain, level)
  }

  /** Gives its memory back: nobody may look at the records, or at what `seal` returned, any more. */
  release(): void {
    this.#pool.release(this.#buffer)
    this.#buffer = noBytes
    this.#content = noBytes
  }

  /** Writes the header. The result, to be written in this order, shares its memory with the builder: sealing again changes it. */
  seal({ producerId, producerEpoch, baseSequence, isTransactional }: BatchProducer): Buffer[] {
    const content = this.#content ?? this.plainRecords
    const buffer = this.#buffer
    const attributes = compressions.indexOf(this.#compression) | (isTransactional ? attributeBit.transactional : 0)
    this.#int64(0, batchAt.baseOffset)
    buffer.writeInt32BE(batchAt.records + content.length - batchPrefixBytes, batchAt.length)
    buffer.writeInt32BE(-1, batchAt.partitionLeaderEpoch)
    buffer[batchAt.magic] = 2
    buffer.writeInt16BE(attributes, batchAt.attributes)
    buffer.writeInt32BE(this.recordCount - 1, batchAt.lastOffsetDelta)
    this.#int64(this.baseTimestampMs, batchAt.baseTimestamp)
    this.#int64(this.maxTimestampMs, batchAt.maxTimestamp)
    this.#int64(producerId, batchAt.producerId)
    buffer.writeInt16BE(producerEpoch, batchAt.producerEpoch)
    buffer.writeInt32BE(baseSequence, batchAt.baseSequence)
    buffer.writeInt32BE(this.recordCount, batchAt.recordCount)
    if (this.#compression === 'none') {
      buffer.writeUInt32BE(crc32c(buffer, batchAt.attributes, this.#at), batchAt.crc)
      return [buffer.subarray(0, this.#at)]
    }
    const headerCrc = crc32c(buffer, batchAt.attributes, batchAt.records)
    buffer.writeUInt32BE(crc32c(content, 0, content.length, headerCrc), batchAt.crc)
    return [buffer.subarray(0, batchAt.records), content]
  }

  #int64(value: number, at: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.#buffer.writeInt32BE(high, at)
    this.#buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4)
  }
}

/** The most bytes that a record can take in a batch of its own. */
export function recordSizeBytesMax(
  key: FieldInput,
  value: FieldInput,
  headers: readonly BuilderHeader[] = noHeaders,
): number {
  return (
    21 +
    Math.max(0, fieldSizeBytes(key)) +
    Math.max(0, fieldSizeBytes(value)) +
    (headers.length === 0 ? 0 : headersSizeBytes(headers))
  )
}

/** -1 for none. */
function fieldSizeBytes(field: FieldInput): number {
  if (field === null || field === undefined) return -1
  return typeof field === 'string' ? Buffer.byteLength(field) : field.length
}

function headersSizeBytes(headers: readonly BuilderHeader[]): number {
  if (headers.length === 0) return 1
  let size = varintSizeBytes(headers.length)
  for (const { key, value } of headers) {
    const keySize = Buffer.byteLength(key)
    const valueSize = fieldSizeBytes(value)
    size += varintSizeBytes(keySize) + keySize + (valueSize < 0 ? 1 : varintSizeBytes(valueSize) + valueSize)
  }
  return size
}

/** Of the zigzag form. */
function varintSizeBytes(value: number): number {
  if (value >= 0 && value < 0x40) return 1
  if (value >= 0 && value < 0x2000) return 2
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let size = 1
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}
