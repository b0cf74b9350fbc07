import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BufferPool } from '@odradek/base'
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

/** Bytes that no codec makes smaller. */
function noise(sizeBytes: number, seed = 1): Buffer {
  let state = seed
  return Buffer.from(
    Array.from({ length: sizeBytes }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      return state >>> 24
    }),
  )
}

test('a large batch whose beginning gains nothing by compression stays as it is, and a small one is compressed in any case', () => {
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const codecOf = (values: readonly Buffer[]): string => {
      const builder = new RecordBatchBuilder()
      for (const value of values) builder.append(1, null, value)
      builder.close(codec)
      const batch = new RecordBatch(Buffer.concat(builder.seal(nobody)))
      assert.ok(batch.isCrcValid())
      assert.deepEqual(
        [...batch.records()].map(({ value }) => value),
        values,
      )
      return batch.compression
    }
    assert.equal(codecOf([noise(20)]), codec)
    assert.equal(codecOf([noise(50_000)]), codec)
    assert.equal(codecOf([noise(50_000), Buffer.alloc(50_000)]), codec)
    assert.equal(codecOf([noise(150_000)]), 'none')
    assert.equal(codecOf([noise(150_000), Buffer.alloc(50_000)]), 'none')
    assert.equal(codecOf([Buffer.alloc(50_000), noise(150_000)]), codec)
  }
})

test('batches that use the memory of those before them have nothing of these', () => {
  const pool = new BufferPool({ freeBytesMax: 1_000_000, erases: true })
  const letters = fc.constantFrom('a', 'b', 'c')
  fc.assert(
    fc.property(fc.array(fc.tuple(letters, fc.integer({ min: 0, max: 20_000 })), { maxLength: 10 }), (records) => {
      const builder = new RecordBatchBuilder(5000, pool)
      for (const [letter, length] of records) builder.append(1, letter, letter.repeat(length))
      builder.close('none')
      const batch = new RecordBatch(Buffer.concat(builder.seal(nobody)))
      builder.release()
      assert.ok(batch.isCrcValid())
      assert.deepEqual(
        [...batch.records()].map(({ value }) => value?.toString()),
        records.map(([letter, length]) => letter.repeat(length)),
      )
    }),
    { numRuns: 50 },
  )
  assert.ok(pool.freeBytes > 0)
})
