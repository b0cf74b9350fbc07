import { ByteReader, crc32c, DecodeError } from '@odradek/base'
import { compressions, decompress, defaultDecompressedSizeBytesMax } from '../compression/compression.ts'
import type { Compression } from '../compression/compression.ts'
import { KafkaError } from '../kafka-error.ts'
import { attributeBit, batchAt, batchPrefixBytes } from './batch-layout.ts'
import {
  isLegacyCrcValid,
  legacyAttributes,
  legacyRecords,
  legacySizeBytesMin,
  legacyTimestampMs,
} from './legacy-message.ts'
import { RecordCursor } from './record-cursor.ts'
import type { BatchRecord } from './batch-record.ts'

/** Who gave the records their timestamps: the producer, or the broker when it appended them. Magic 0 has none. */
export type TimestampType = 'create' | 'append' | 'none'

/**
 * A view of one record batch inside a buffer; nothing is copied or checked until asked for. The header must be in the buffer (61
 * bytes in magic 2), the records only for what needs them. A message of magic 0 or 1 is seen as a batch too: of one record, or of those that
 * it wraps compressed; what only batches have is then -1 or false. Offsets, ids and times are numbers, exact up to 2^53.
 */
export class RecordBatch {
  readonly buffer: Buffer
  readonly position: number

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer
    this.position = position
  }

  #int64(at: number): number {
    const start = this.position + at
    return this.buffer.readInt32BE(start) * 0x1_0000_0000 + this.buffer.readUInt32BE(start + 4)
  }

  #setInt64(at: number, value: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.buffer.writeInt32BE(high, this.position + at)
    this.buffer.writeUInt32BE(value - high * 0x1_0000_0000, this.position + at + 4)
  }

  get #isLegacy(): boolean {
    return this.magic < 2
  }

  /** 0, 1 or 2; others are not known. */
  get magic(): number {
    return this.buffer.readInt8(this.position + batchAt.magic)
  }

  /** All of it, with the twelve bytes before what the length counts. */
  get sizeInBytes(): number {
    return batchPrefixBytes + this.buffer.readInt32BE(this.position + batchAt.length)
  }

  /** In old compressed messages this has to look at the records. */
  get baseOffset(): number {
    if (this.#isLegacy && this.compression !== 'none') return this.records().next().value?.offset ?? this.lastOffset
    return this.#int64(batchAt.baseOffset)
  }

  get lastOffset(): number {
    return this.#int64(batchAt.baseOffset) + (this.#isLegacy ? 0 : this.lastOffsetDelta)
  }

  get nextOffset(): number {
    return this.lastOffset + 1
  }

  get partitionLeaderEpoch(): number {
    return this.#isLegacy ? -1 : this.buffer.readInt32BE(this.position + batchAt.partitionLeaderEpoch)
  }

  /** As stored: CRC-32C of what follows it, CRC-32 in magic 0 and 1. */
  get crc(): number {
    return this.buffer.readUInt32BE(this.position + (this.#isLegacy ? batchPrefixBytes : batchAt.crc))
  }

  get attributes(): number {
    if (this.#isLegacy) return legacyAttributes(this.buffer, this.position)
    return this.buffer.readInt16BE(this.position + batchAt.attributes)
  }

  /** Throws `DecodeError` for a codec that does not exist. */
  get compression(): Compression {
    const codec = this.attributes & attributeBit.codec
    const compression = compressions[codec]
    if (compression === undefined) throw new DecodeError('MALFORMED', `a record batch with the codec ${codec}`)
    return compression
  }

  get timestampType(): TimestampType {
    if (this.magic === 0) return 'none'
    return (this.attributes & attributeBit.appendTime) === 0 ? 'create' : 'append'
  }

  get isTransactional(): boolean {
    return !this.#isLegacy && (this.attributes & attributeBit.transactional) !== 0
  }

  get isControl(): boolean {
    return !this.#isLegacy && (this.attributes & attributeBit.control) !== 0
  }

  /** From when on compaction may remove the tombstones and markers in here (KIP-534); undefined when not set. */
  get deleteHorizonMs(): number | undefined {
    if (this.#isLegacy || (this.attributes & attributeBit.deleteHorizon) === 0) return undefined
    return this.#int64(batchAt.baseTimestamp)
  }

  get lastOffsetDelta(): number {
    return this.#isLegacy ? 0 : this.buffer.readInt32BE(this.position + batchAt.lastOffsetDelta)
  }

  get baseTimestampMs(): number {
    return this.#isLegacy ? this.maxTimestampMs : this.#int64(batchAt.baseTimestamp)
  }

  /** -1 where there is none. */
  get maxTimestampMs(): number {
    if (this.#isLegacy) return legacyTimestampMs(this.buffer, this.position, this.magic)
    return this.#int64(batchAt.maxTimestamp)
  }

  /** -1 without a producer id. */
  get producerId(): number {
    return this.#isLegacy ? -1 : this.#int64(batchAt.producerId)
  }

  get producerEpoch(): number {
    return this.#isLegacy ? -1 : this.buffer.readInt16BE(this.position + batchAt.producerEpoch)
  }

  /** -1 without sequence numbers. */
  get baseSequence(): number {
    return this.#isLegacy ? -1 : this.buffer.readInt32BE(this.position + batchAt.baseSequence)
  }

  /** Sequence numbers begin again at 0 after 2^31 - 1. */
  get lastSequence(): number {
    const first = this.baseSequence
    return first < 0 ? first : (first + this.lastOffsetDelta) % 0x8000_0000
  }

  /** As the header says. An old message counts as one, or has to look into what it wraps. */
  get recordCount(): number {
    if (!this.#isLegacy) return this.buffer.readInt32BE(this.position + batchAt.recordCount)
    return this.compression === 'none' ? 1 : [...this.records()].length
  }

  /** The bytes of the whole batch, as a view. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.position, this.position + this.sizeInBytes)
  }

  isCrcValid(): boolean {
    const end = this.position + this.sizeInBytes
    if (end > this.buffer.length || this.sizeInBytes < smallestSizeBytes(this.magic)) return false
    if (this.#isLegacy) return isLegacyCrcValid(this.buffer, this.position, this.sizeInBytes)
    return crc32c(this.buffer, this.position + batchAt.attributes, end) === this.crc
  }

  /** Throws `KafkaError` CORRUPT_MESSAGE when size or checksum are wrong. */
  ensureValid(): void {
    if (this.isCrcValid()) return
    throw new KafkaError(
      'CORRUPT_MESSAGE',
      `the record batch at offset ${this.#int64(batchAt.baseOffset)} does not have the checksum that it states`,
    )
  }

  /**
   * Begins walking the records with a cursor, which allocates nothing per record; only magic 2. Compressed batches are decompressed
   * first, to at most `sizeBytesMax`. Throws `DecodeError`.
   */
  startCursor(cursor: RecordCursor, sizeBytesMax: number = defaultDecompressedSizeBytesMax): void {
    if (this.magic !== 2)
      throw new DecodeError('MALFORMED', `a record batch of magic ${this.magic} where magic 2 is expected`)
    const start = this.position + batchAt.records
    const end = this.position + this.sizeInBytes
    if (end < start || end > this.buffer.length)
      throw new DecodeError('TRUNCATED', `a record batch of ${end - this.position} bytes that are not there`)
    const { compression, recordCount, baseTimestampMs } = this
    const batch = {
      recordCount,
      baseOffset: this.#int64(batchAt.baseOffset),
      baseTimestampMs,
      appendTimeMs: this.timestampType === 'append' ? this.maxTimestampMs : -1,
    }
    if (compression === 'none') {
      cursor.start(this.buffer, start, end, batch)
      return
    }
    // A batch that compaction has emptied may have no content at all.
    const content =
      end === start ? emptyBuffer : decompress(compression, this.buffer.subarray(start, end), sizeBytesMax)
    cursor.start(content, 0, content.length, batch)
  }

  /** The records, decompressed to at most `sizeBytesMax` bytes; keys and values are views. Throws `DecodeError`. */
  *records(sizeBytesMax: number = defaultDecompressedSizeBytesMax): Generator<BatchRecord, undefined> {
    if (this.#isLegacy) {
      yield* legacyRecords(this.buffer, this.position, this.sizeInBytes, sizeBytesMax)
      return
    }
    const cursor = new RecordCursor()
    this.startCursor(cursor, sizeBytesMax)
    while (cursor.next()) {
      yield {
        offset: cursor.offset,
        timestampMs: cursor.timestampMs,
        key: cursor.key,
        value: cursor.value,
        headers: cursor.headers(),
      }
    }
  }

  /** The same as a list, of those from an offset on: faster where all are wanted. Throws `DecodeError`. */
  recordsFrom(offset: number, sizeBytesMax: number = defaultDecompressedSizeBytesMax): BatchRecord[] {
    if (this.#isLegacy) return [...this.records(sizeBytesMax)].filter((record) => record.offset >= offset)
    const cursor = new RecordCursor()
    this.startCursor(cursor, sizeBytesMax)
    const records: BatchRecord[] = []
    while (cursor.next()) {
      const headers = cursor.headers()
      if (cursor.offset < offset) continue
      const { timestampMs, key, value } = cursor
      records.push({ offset: cursor.offset, timestampMs, key, value, headers })
    }
    return records
  }

  /** What a leader does when it appends; outside of the checksum. Of an old compressed message it is the last offset that is stored. */
  setBaseOffset(offset: number): void {
    this.#setInt64(batchAt.baseOffset, offset)
  }

  /** Outside of the checksum. */
  setPartitionLeaderEpoch(epoch: number): void {
    this.buffer.writeInt32BE(epoch, this.position + batchAt.partitionLeaderEpoch)
  }

  /** Sets timestamp type and largest timestamp, and the checksum with them. With append time this is the timestamp of every record. */
  setMaxTimestamp(type: 'create' | 'append', timestampMs: number): void {
    const attributes = this.attributes & ~attributeBit.appendTime
    this.buffer.writeInt16BE(
      type === 'append' ? attributes | attributeBit.appendTime : attributes,
      this.position + batchAt.attributes,
    )
    this.#setInt64(batchAt.maxTimestamp, timestampMs)
    const crc = crc32c(this.buffer, this.position + batchAt.attributes, this.position + this.sizeInBytes)
    this.buffer.writeUInt32BE(crc, this.position + batchAt.crc)
  }
}

const emptyBuffer = Buffer.alloc(0)

function smallestSizeBytes(magic: number): number {
  return magic === 0 || magic === 1 ? legacySizeBytesMin[magic] : batchAt.records
}

/**
 * The batches between two positions, one after the other. An incomplete one at the end, as fetch responses have it, ends the walk; it must
 * be told apart from damage by the caller's own means. Throws `DecodeError` for a batch of an impossible size or an unknown magic.
 */
export function* batchesOf(buffer: Buffer, start = 0, end = buffer.length): Generator<RecordBatch, undefined> {
  for (let position = start; end - position >= batchAt.crc;) {
    const sizeBytes = batchPrefixBytes + new ByteReader(buffer, position + batchAt.length).int32()
    const magic = buffer.readInt8(position + batchAt.magic)
    if (magic < 0 || magic > 2)
      throw new DecodeError('MALFORMED', `a record batch of magic ${magic} at byte ${position}`)
    if (sizeBytes < smallestSizeBytes(magic))
      throw new DecodeError('MALFORMED', `a record batch of ${sizeBytes} bytes at byte ${position}`)
    if (sizeBytes > end - position) return
    yield new RecordBatch(buffer, position)
    position += sizeBytes
  }
}
