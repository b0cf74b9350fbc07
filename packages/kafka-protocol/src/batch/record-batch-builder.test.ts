import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RecordBatch } from './record-batch.ts'
import { RecordBatchBuilder } from './record-batch-builder.ts'

const nobody = { producerId: -1, producerEpoch: -1, baseSequence: -1, isTransactional: false }
const field = fc.option(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 300 })))
const record = fc.record({
  timestampMs: fc.integer({ min: 0, max: 2 ** 41 }),
  key: field,
  value: field,
  headers: fc.array(fc.record({ key: fc.string(), value: field }), { maxLength: 3 }),
})

const bytesOf = (given: string | Uint8Array | null): Buffer | null =>
  given === null ? null : Buffer.from(given as string)

test('what was added is what is read, in every codec', () => {
  const codecs = fc.constantFrom('none', 'gzip', 'snappy', 'lz4', 'zstd')
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 40 }), codecs, (records, compression) => {
      const builder = new RecordBatchBuilder(64)
      let sizeBytes = builder.sizeBytes
      for (const { timestampMs, key, value, headers } of records)
        sizeBytes += builder.append(timestampMs, key, value, headers)
      assert.equal(builder.sizeBytes, sizeBytes)
      builder.close(compression as 'none')
      const batch = new RecordBatch(Buffer.concat(builder.seal(nobody)))
      assert.equal(batch.sizeInBytes, builder.sizeBytes)
      assert.ok(batch.isCrcValid())
      const expected = records.map((each, offset) => ({
        offset,
        timestampMs: each.timestampMs,
        key: bytesOf(each.key),
        value: bytesOf(each.value),
        headers: each.headers.map(({ key, value }) => ({ key, value: bytesOf(value) })),
      }))
      assert.deepEqual([...batch.records()], expected)
      assert.equal(batch.maxTimestampMs, Math.max(...records.map(({ timestampMs }) => timestampMs)))
    }),
    { numRuns: 150 },
  )
})

test('a batch can be sealed again under another sequence number', () => {
  const builder = new RecordBatchBuilder()
  builder.append(1_700_000_000_000, 'k', 'v'.repeat(1000))
  builder.close('gzip')
  builder.seal({ producerId: 7, producerEpoch: 1, baseSequence: 40, isTransactional: true })
  const batch = new RecordBatch(
    Buffer.concat(builder.seal({ producerId: 2 ** 40, producerEpoch: 2, baseSequence: 0, isTransactional: true })),
  )
  assert.ok(batch.isCrcValid() && batch.isTransactional)
  assert.deepEqual([batch.producerId, batch.producerEpoch, batch.baseSequence], [2 ** 40, 2, 0])
})
