import { crc32c } from '@odradek/base'
import { compress, compressions } from '../compression/compression.ts'
import type { Compression } from '../compression/compression.ts'
import { attributeBit, batchAt, batchPrefixBytes } from './batch-layout.ts'

export interface HeaderInput {
  readonly key: string
  readonly value?: Uint8Array | null
}

export interface RecordInput {
  /** Wall milliseconds. Missing: that of the record before, -1 for the first. */
  readonly timestampMs?: number
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: readonly HeaderInput[]
  /** From the batch's base offset. Missing: one more than that of the record before. Given where compaction has left gaps. */
  readonly offsetDelta?: number
}

export interface RecordBatchInput {
  readonly records: readonly RecordInput[]
  readonly baseOffset?: number
  readonly compression?: Compression
  /** See `compress`. */
  readonly level?: number
  readonly timestampType?: 'create' | 'append'
  /** Of the records in the file format, by default the timestamp of the first record. */
  readonly baseTimestampMs?: number
  /** By default the largest of the records; with append time the timestamp of all. */
  readonly maxTimestampMs?: number
  /** By default that of the last record. Larger when compaction removed the last ones. */
  readonly lastOffsetDelta?: number
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly partitionLeaderEpoch?: number
}

/** A whole record batch of magic 2 in a buffer of its own. */
export function encodeRecordBatch(input: RecordBatchInput): Buffer {
  const { records, compression = 'none' } = input
  const baseTimestampMs = input.baseTimestampMs ?? records[0]?.timestampMs ?? -1
  const plan = planRecords(records, baseTimestampMs)
  let batch: Buffer
  if (compression === 'none') {
    batch = Buffer.allocUnsafe(batchAt.records + plan.sizeBytes)
    new RecordWriter(batch, batchAt.records).writeAll(records, plan, baseTimestampMs)
  } else {
    const plain = Buffer.allocUnsafe(plan.sizeBytes)
    new RecordWriter(plain, 0).writeAll(records, plan, baseTimestampMs)
    const content = compress(compression, plain, input.level)
    batch = Buffer.allocUnsafe(batchAt.records + content.length)
    content.copy(batch, batchAt.records)
  }
  writeHeader(batch, input, baseTimestampMs, plan)
  return batch
}

function writeHeader(batch: Buffer, input: RecordBatchInput, baseTimestampMs: number, plan: RecordPlan): void {
  const { compression = 'none' } = input
  const attributes =
    compressions.indexOf(compression) |
    (input.timestampType === 'append' ? attributeBit.appendTime : 0) |
    (input.isTransactional === true ? attributeBit.transactional : 0) |
    (input.isControl === true ? attributeBit.control : 0)
  batch.writeBigInt64BE(BigInt(input.baseOffset ?? 0), batchAt.baseOffset)
  batch.writeInt32BE(batch.length - batchPrefixBytes, batchAt.length)
  batch.writeInt32BE(input.partitionLeaderEpoch ?? -1, batchAt.partitionLeaderEpoch)
  batch.writeInt8(2, batchAt.magic)
  batch.writeInt16BE(attributes, batchAt.attributes)
  batch.writeInt32BE(input.lastOffsetDelta ?? plan.lastOffsetDelta, batchAt.lastOffsetDelta)
  batch.writeBigInt64BE(BigInt(baseTimestampMs), batchAt.baseTimestamp)
  batch.writeBigInt64BE(BigInt(input.maxTimestampMs ?? plan.maxTimestampMs), batchAt.maxTimestamp)
  batch.writeBigInt64BE(BigInt(input.producerId ?? -1), batchAt.producerId)
  batch.writeInt16BE(input.producerEpoch ?? -1, batchAt.producerEpoch)
  batch.writeInt32BE(input.baseSequence ?? -1, batchAt.baseSequence)
  batch.writeInt32BE(input.records.length, batchAt.recordCount)
  batch.writeUInt32BE(crc32c(batch, batchAt.attributes), batchAt.crc)
}

/** What has to be known before writing: a record begins with its length. */
interface RecordPlan {
  readonly bodySizes: readonly number[]
  readonly sizeBytes: number
  readonly maxTimestampMs: number
  readonly lastOffsetDelta: number
}

function planRecords(records: readonly RecordInput[], baseTimestampMs: number): RecordPlan {
  const bodySizes: number[] = []
  let sizeBytes = 0
  let maxTimestampMs = -1
  let offsetDelta = -1
  let timestampMs = baseTimestampMs
  for (const record of records) {
    offsetDelta = record.offsetDelta ?? offsetDelta + 1
    timestampMs = record.timestampMs ?? timestampMs
    if (timestampMs > maxTimestampMs) maxTimestampMs = timestampMs
    const bodySize =
      1 +
      varlongSizeBytes(timestampMs - baseTimestampMs) +
      varlongSizeBytes(offsetDelta) +
      fieldSizeBytes(record.key) +
      fieldSizeBytes(record.value) +
      headersSizeBytes(record.headers)
    bodySizes.push(bodySize)
    sizeBytes += varlongSizeBytes(bodySize) + bodySize
  }
  return { bodySizes, sizeBytes, maxTimestampMs, lastOffsetDelta: Math.max(offsetDelta, 0) }
}

function fieldSizeBytes(field: Uint8Array | null | undefined): number {
  return field === null || field === undefined ? 1 : varlongSizeBytes(field.length) + field.length
}

function headersSizeBytes(headers: readonly HeaderInput[] = []): number {
  let sizeBytes = varlongSizeBytes(headers.length)
  for (const { key, value } of headers) {
    const length = Buffer.byteLength(key)
    sizeBytes += varlongSizeBytes(length) + length + fieldSizeBytes(value)
  }
  return sizeBytes
}

/** Of the zigzag form; for varints too, which look the same within 32 bits. */
function varlongSizeBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let size = 1
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

class RecordWriter {
  readonly #buffer: Buffer
  #at: number

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer
    this.#at = at
  }

  writeAll(records: readonly RecordInput[], plan: RecordPlan, baseTimestampMs: number): void {
    let offsetDelta = -1
    let timestampMs = baseTimestampMs
    for (const [index, record] of records.entries()) {
      offsetDelta = record.offsetDelta ?? offsetDelta + 1
      timestampMs = record.timestampMs ?? timestampMs
      this.#varlong(plan.bodySizes[index] as number)
      this.#buffer[this.#at++] = 0
      this.#varlong(timestampMs - baseTimestampMs)
      this.#varlong(offsetDelta)
      this.#field(record.key)
      this.#field(record.value)
      const { headers = [] } = record
      this.#varlong(headers.length)
      for (const { key, value } of headers) {
        this.#varlong(Buffer.byteLength(key))
        this.#at += this.#buffer.write(key, this.#at, 'utf8')
        this.#field(value)
      }
    }
  }

  #field(field: Uint8Array | null | undefined): void {
    if (field === null || field === undefined) {
      this.#varlong(-1)
      return
    }
    this.#varlong(field.length)
    this.#buffer.set(field, this.#at)
    this.#at += field.length
  }

  /** Zigzag. A number has 53 bits, which is more than two timestamps can be apart. */
  #varlong(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    for (; rest >= 0x8000_0000; rest = Math.floor(rest / 0x80)) this.#buffer[this.#at++] = (rest % 0x80) | 0x80
    for (; rest >= 0x80; rest >>>= 7) this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
    this.#buffer[this.#at++] = rest
  }
}
