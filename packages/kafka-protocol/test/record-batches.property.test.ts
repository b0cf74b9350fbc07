import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from '@odradek/base'
import fc from 'fast-check'
import { batchesOf, encodeRecordBatch, RecordBatch } from '@odradek/kafka-protocol'
import type { BatchRecord, Compression, RecordBatchInput, RecordInput } from '@odradek/kafka-protocol'

const codecs: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each))
const nullableBytes = fc.option(bytes, { nil: null })

const recordArbitrary: fc.Arbitrary<RecordInput> = fc.record({
  timestampMs: fc.oneof(fc.integer({ min: 0, max: 2 ** 41 }), fc.constantFrom(0, 1, 1_700_000_000_000, 2 ** 42)),
  key: nullableBytes,
  value: nullableBytes,
  headers: fc.array(
    fc.record({ key: fc.string({ unit: 'binary', maxLength: 10 }), value: nullableBytes }, { noNullPrototype: true }),
    {
      maxLength: 3,
    },
  ),
})

const batchArbitrary: fc.Arbitrary<RecordBatchInput> = fc.record(
  {
    records: fc.array(recordArbitrary, { minLength: 1, maxLength: 30 }),
    baseOffset: fc.nat(2 ** 31).map((offset) => offset * 2 ** 21),
    compression: fc.constantFrom(...codecs),
    timestampType: fc.constantFrom('create' as const, 'append' as const),
    producerId: fc.maxSafeNat(),
    producerEpoch: fc.nat(0x7fff),
    baseSequence: fc.nat(0x7fff_ffff),
    isTransactional: fc.boolean(),
    isControl: fc.boolean(),
    partitionLeaderEpoch: fc.nat(0x7fff_ffff),
  },
  { requiredKeys: ['records'] },
)

test('a batch reads back as it was written, with every codec', () => {
  fc.assert(
    fc.property(batchArbitrary, (input) => {
      const batch = new RecordBatch(encodeRecordBatch(input))
      assert.ok(batch.isCrcValid())
      const { records, baseOffset = 0, compression = 'none', timestampType = 'create', isTransactional = false } = input
      const maxTimestampMs = Math.max(...records.map(({ timestampMs }) => timestampMs as number))
      const found = {
        baseOffset: batch.baseOffset,
        lastOffset: batch.lastOffset,
        compression: batch.compression,
        timestampType: batch.timestampType,
        maxTimestampMs: batch.maxTimestampMs,
        producerId: batch.producerId,
        producerEpoch: batch.producerEpoch,
        baseSequence: batch.baseSequence,
        isTransactional: batch.isTransactional,
        isControl: batch.isControl,
        partitionLeaderEpoch: batch.partitionLeaderEpoch,
        recordCount: batch.recordCount,
        sizeInBytes: batch.sizeInBytes,
      }
      assert.deepEqual(found, {
        baseOffset,
        lastOffset: baseOffset + records.length - 1,
        compression,
        timestampType,
        maxTimestampMs,
        producerId: input.producerId ?? -1,
        producerEpoch: input.producerEpoch ?? -1,
        baseSequence: input.baseSequence ?? -1,
        isTransactional,
        isControl: input.isControl ?? false,
        partitionLeaderEpoch: input.partitionLeaderEpoch ?? -1,
        recordCount: records.length,
        sizeInBytes: batch.buffer.length,
      })
      assert.deepEqual(
        [...batch.records()],
        records.map((record, index) => ({
          ...record,
          offset: baseOffset + index,
          timestampMs: timestampType === 'append' ? maxTimestampMs : record.timestampMs,
        })),
      )
    }),
    { numRuns: 150 },
  )
})

/** Everything that can be asked of what may or may not be batches; only DecodeError may come of it. */
function readAll(buffer: Buffer): BatchRecord[] | undefined {
  try {
    const records: BatchRecord[] = []
    for (const batch of batchesOf(buffer)) {
      batch.isCrcValid()
      records.push(...batch.records(1 << 20))
      assert.ok(
        Number.isInteger(
          batch.lastSequence + batch.producerId + batch.nextOffset + batch.baseOffset + batch.recordCount,
        ),
      )
    }
    return records
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw new Error(`reading ${buffer.toString('hex')}`, { cause: error })
  }
}

test('a damaged batch is read, or refused with DecodeError, whatever the damage', () => {
  const overwrite = fc.record({
    at: fc.nat(),
    with: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.constant(Buffer.alloc(5, 0xff))),
  })
  fc.assert(
    fc.property(batchArbitrary, fc.array(overwrite, { maxLength: 3 }), fc.nat(3), (input, overwrites, cutBytes) => {
      const buffer = Buffer.concat([encodeRecordBatch(input), encodeRecordBatch({ records: input.records })])
      for (const { at, with: value } of overwrites) Buffer.from(value).copy(buffer, at % buffer.length)
      const records = readAll(buffer.subarray(0, buffer.length - cutBytes))
      assert.ok((records ?? []).length <= (1 << 20) / 7)
    }),
    { numRuns: 500 },
  )
})

test('damage anywhere behind the leader epoch fails the checksum', () => {
  fc.assert(
    fc.property(batchArbitrary, fc.nat(), fc.nat(7), (input, at, bit) => {
      const buffer = encodeRecordBatch(input)
      const position = 17 + (at % (buffer.length - 17))
      buffer[position] = (buffer[position] as number) ^ (1 << bit)
      assert.equal(new RecordBatch(buffer).isCrcValid(), false)
      assert.throws(() => new RecordBatch(buffer).ensureValid(), { code: 'CORRUPT_MESSAGE', errorCode: 2 })
    }),
    { numRuns: 100 },
  )
})

test('old message sets, damaged, are read or refused with DecodeError', () => {
  // A wrapper of magic 1: offset, size, checksum, magic, attributes with codec and so on, around a small set of two messages.
  const inner = (offset: number): Buffer => {
    const message = Buffer.alloc(36)
    message.writeInt32BE(offset, 4)
    message.writeInt32BE(24, 8)
    message[16] = 1
    message.writeInt32BE(-1, 26)
    message.writeInt32BE(2, 30)
    return message
  }
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.nat(4), (at, value, codec) => {
      const set = Buffer.concat([inner(0), inner(1)])
      set[17] = codec
      Buffer.from(value).copy(set, at % set.length)
      readAll(set)
    }),
    { numRuns: 300 },
  )
})
