import { isDeepStrictEqual } from 'node:util'
import { batchesOf, decompress, encodeRecordBatch, RecordBatch, RecordCursor } from '@odradek/kafka-protocol'
import type { BatchRecord, RecordBatchInput, RecordInput } from '@odradek/kafka-protocol'
import { bytesDifference } from './bytes-difference.ts'
import type { VectorResult } from './check-file.ts'
import type { Json, JsonObject } from './json.ts'

const recordsAt = 61
const decompressedSizeBytesMax = 1 << 28

/**
 * A buffer of record batches. Compared: that the batches fill the buffer, every property of each (checksums, too, by computing them), and
 * every record with its headers. Encoded again:
 * - magic 2 without compression: the same bytes;
 * - magic 2 compressed: compressors differ in their output, so the records must encode to what the content decompresses to, byte by byte, and
 *   the batch that we compress must read back with the same header (but for size and checksum) and the same records;
 * - magic 0 and 1, which are never written: the records must read back from a batch of magic 2 with the same codec.
 */
export function checkRecordBatchVector(vector: JsonObject, bytes: Buffer): VectorResult {
  const expected = vector.batches as readonly JsonObject[]
  const batches = [...batchesOf(bytes)]
  if (batches.length !== expected.length) return { failure: `${batches.length} batches instead of ${expected.length}` }
  const sizeBytes = batches.reduce((sum, batch) => sum + batch.sizeInBytes, 0)
  if (sizeBytes !== bytes.length) return { failure: `batches of ${sizeBytes} bytes in a buffer of ${bytes.length}` }
  for (const [index, batch] of batches.entries()) {
    const failure = decodeFailure(batch, expected[index] as JsonObject) ?? encodeFailure(batch)
    if (failure !== undefined) return { failure: `batch ${index}: ${failure}` }
  }
  return 'passed'
}

const timestampTypes = { none: 'NoTimestampType', create: 'CreateTime', append: 'LogAppendTime' } as const

function decodeFailure(batch: RecordBatch, expected: JsonObject): string | undefined {
  if (!batch.isCrcValid()) return 'the checksum is not that of the bytes'
  const records = [...batch.records()]
  const found: Record<string, Json> = {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    magic: batch.magic,
    compression: batch.compression,
    timestampType: timestampTypes[batch.timestampType],
    maxTimestamp: batch.maxTimestampMs,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    transactional: batch.isTransactional,
    control: batch.isControl,
    sizeInBytes: batch.sizeInBytes,
    crc: batch.crc,
    records: records.map(toVectorForm),
  }
  for (const [name, value] of Object.entries(expected)) {
    if (!(name in found)) return `there is no property ${name}`
    if (isDeepStrictEqual(found[name], value)) continue
    if (name === 'records') return recordsDifference(found.records as readonly Json[], value as readonly Json[])
    return `${name} is ${JSON.stringify(found[name])} instead of ${JSON.stringify(value)}`
  }
  if (batch.recordCount !== records.length) return `${records.length} records, ${batch.recordCount} are announced`
  return undefined
}

function recordsDifference(found: readonly Json[], expected: readonly Json[]): string {
  const index = expected.findIndex((each, at) => !isDeepStrictEqual(found[at], each))
  if (index < 0) return `${found.length} records instead of ${expected.length}`
  return `record ${index} is ${JSON.stringify(found[index])} instead of ${JSON.stringify(expected[index])}`
}

function toVectorForm({ offset, timestampMs, key, value, headers }: BatchRecord): Json {
  const hex = (bytes: Buffer | null): Json => (bytes === null ? null : bytes.toString('hex'))
  return {
    offset,
    timestamp: timestampMs,
    key: hex(key),
    value: hex(value),
    headers: headers.map((header) => ({ key: header.key, value: hex(header.value) })),
  }
}

function encodeFailure(batch: RecordBatch): string | undefined {
  const input = inputOf(batch)
  if (batch.magic === 2) {
    const plain = encodeRecordBatch({ ...input, compression: 'none' })
    if (batch.compression === 'none') return bytesDifference(plain, batch.bytes)
    const content = decompress(batch.compression, batch.bytes.subarray(recordsAt), decompressedSizeBytesMax)
    const failure = bytesDifference(plain.subarray(recordsAt), content)
    if (failure !== undefined) return failure
  }
  const again = new RecordBatch(encodeRecordBatch(input))
  if (batch.magic === 2 && !headerOf(again).equals(headerOf(batch))) return 'encoded again, the header differs'
  if (!again.isCrcValid()) return 'encoded again, the checksum is wrong'
  const [found, expected] = [again, batch].map((each) => [...each.records()].map(toVectorForm)) as [Json[], Json[]]
  return isDeepStrictEqual(found, expected) ? undefined : `encoded again, ${recordsDifference(found, expected)}`
}

/** What stands before the records, without size and checksum, which depend on the compressor. */
function headerOf(batch: RecordBatch): Buffer {
  const header = Buffer.from(batch.bytes.subarray(0, recordsAt))
  header.fill(0, 8, 12)
  header.fill(0, 17, 21)
  return header
}

function inputOf(batch: RecordBatch): RecordBatchInput {
  const { baseOffset, compression, maxTimestampMs, partitionLeaderEpoch, producerId, producerEpoch, baseSequence } =
    batch
  const { isTransactional, isControl } = batch
  const common = {
    baseOffset,
    compression,
    maxTimestampMs,
    partitionLeaderEpoch,
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    isControl,
  }
  if (batch.magic < 2) {
    return {
      ...common,
      records: [...batch.records()].map((record) => ({ ...record, offsetDelta: record.offset - baseOffset })),
    }
  }
  const timestampType = batch.timestampType === 'append' ? 'append' : 'create'
  return {
    ...common,
    timestampType,
    baseTimestampMs: batch.baseTimestampMs,
    lastOffsetDelta: batch.lastOffsetDelta,
    records: storedRecords(batch),
  }
}

/** As they are stored: with append time, too, each has a timestamp of its own there. */
function storedRecords(batch: RecordBatch): RecordInput[] {
  const cursor = new RecordCursor()
  batch.startCursor(cursor)
  const records: RecordInput[] = []
  while (cursor.next()) {
    records.push({
      offsetDelta: cursor.offsetDelta,
      timestampMs: batch.baseTimestampMs + cursor.timestampDelta,
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers(),
    })
  }
  return records
}
