import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { endTransactionMarker, parseEndTransaction } from './control-record.ts'
import { encodeRecordBatch } from './encode-record-batch.ts'
import { batchesOf, RecordBatch } from './record-batch.ts'
import { RecordCursor } from './record-cursor.ts'

function thousandRecords(compression: 'none' | 'lz4' = 'none'): Buffer {
  const records = Array.from({ length: 1000 }, (_, index) => ({
    timestampMs: 1_700_000_000_000 + index * 1000,
    key: Buffer.from(`key-${index}`),
    value: Buffer.alloc(100, index % 256),
    headers: [{ key: 'trace', value: Buffer.from('1') }],
  }))
  return encodeRecordBatch({ records, compression, baseOffset: 5_000_000_000 })
}

test('walking a thousand records without touching keys and values allocates nothing per record', () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const batch = new RecordBatch(thousandRecords())
  const cursor = new RecordCursor()
  let sum = 0
  const walk = (times: number): void => {
    for (let time = 0; time < times; time++) {
      batch.startCursor(cursor)
      while (cursor.next()) sum += cursor.keySizeBytes + cursor.valueSizeBytes + cursor.offsetDelta
    }
  }
  const walks = 50
  walk(500)
  const bytesPerRecord: number[] = []
  for (let round = 0; round < 9; round++) {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    walk(walks)
    bytesPerRecord.push((process.memoryUsage().heapUsed - before) / (walks * 1000))
  }
  assert.ok(sum > 0)
  const median = bytesPerRecord.sort((left, right) => left - right)[4] as number
  // The smallest object has 16 bytes; what is left is the startCursor of each of the batches, and the measurement.
  assert.ok(Math.abs(median) < 2, `${median} bytes per record`)
})

test('one cursor walks one batch after the other, and gives views when asked', () => {
  const cursor = new RecordCursor()
  for (const compression of ['none', 'lz4'] as const) {
    const batch = new RecordBatch(thousandRecords(compression))
    batch.startCursor(cursor)
    let index = 0
    while (cursor.next()) {
      assert.equal(cursor.offset, 5_000_000_000 + index)
      assert.equal(cursor.timestampMs, 1_700_000_000_000 + index * 1000)
      assert.equal(cursor.key?.toString(), `key-${index}`)
      assert.equal(cursor.value?.length, 100)
      assert.deepEqual(cursor.headers(), [{ key: 'trace', value: Buffer.from('1') }])
      index++
    }
    assert.equal(index, 1000)
  }
})

test('base offset and leader epoch are outside of the checksum, the largest timestamp brings its own', () => {
  const batch = new RecordBatch(encodeRecordBatch({ records: [{ timestampMs: 100 }, { timestampMs: 50 }] }))
  batch.setBaseOffset(2 ** 52 + 1)
  batch.setPartitionLeaderEpoch(17)
  assert.deepEqual([batch.baseOffset, batch.nextOffset, batch.partitionLeaderEpoch], [2 ** 52 + 1, 2 ** 52 + 3, 17])
  assert.ok(batch.isCrcValid())
  batch.setMaxTimestamp('append', 12_345)
  assert.ok(batch.isCrcValid())
  assert.deepEqual(
    [...batch.records()].map(({ timestampMs }) => timestampMs),
    [12_345, 12_345],
  )
  batch.setMaxTimestamp('create', 100)
  assert.deepEqual(
    [...batch.records()].map(({ timestampMs }) => timestampMs),
    [100, 50],
  )
})

test('sequence numbers begin again at zero', () => {
  const batch = new RecordBatch(encodeRecordBatch({ records: [{}, {}, {}], baseSequence: 0x7fff_ffff }))
  assert.equal(batch.lastSequence, 1)
})

test('offsets with gaps, and a batch that compaction has emptied', () => {
  const gaps = new RecordBatch(
    encodeRecordBatch({ baseOffset: 10, records: [{ offsetDelta: 1 }, { offsetDelta: 5 }], lastOffsetDelta: 8 }),
  )
  assert.deepEqual(
    [...gaps.records()].map(({ offset }) => offset),
    [11, 15],
  )
  assert.equal(gaps.nextOffset, 19)
  const empty = new RecordBatch(encodeRecordBatch({ baseOffset: 10, records: [], lastOffsetDelta: 3 }))
  assert.deepEqual([[...empty.records()].length, empty.nextOffset, empty.isCrcValid()], [0, 14, true])
})

test('batches are found one after the other; an incomplete one ends the walk', () => {
  const [first, second] = [
    encodeRecordBatch({ records: [{}] }),
    encodeRecordBatch({ records: [{}, {}], baseOffset: 1 }),
  ]
  const whole = Buffer.concat([first, second])
  assert.deepEqual(
    [...batchesOf(whole)].map(({ position, nextOffset }) => [position, nextOffset]),
    [
      [0, 1],
      [first.length, 3],
    ],
  )
  for (const cutBytes of [1, second.length - 17, second.length - 1]) {
    assert.equal([...batchesOf(whole.subarray(0, whole.length - cutBytes))].length, 1)
  }
  assert.equal([...batchesOf(whole, first.length)].length, 1)
})

test('a batch of an impossible size, or of a magic that nobody knows, is refused', () => {
  const batch = encodeRecordBatch({ records: [{}] })
  const tooSmall = Buffer.from(batch)
  tooSmall.writeInt32BE(48, 8)
  assert.throws(() => [...batchesOf(tooSmall)], { name: 'DecodeError', code: 'MALFORMED' })
  const unknown = Buffer.from(batch)
  unknown[16] = 3
  assert.throws(() => [...batchesOf(unknown)], { name: 'DecodeError', code: 'MALFORMED' })
})

test('a count of records that the batch does not hold is refused', () => {
  for (const count of [-1, 1, 3, 0x7fff_ffff]) {
    const batch = encodeRecordBatch({ records: [{}, {}] })
    batch.writeInt32BE(count, 57)
    assert.throws(() => [...new RecordBatch(batch).records()], { name: 'DecodeError' }, String(count))
  }
})

test('the marker that ends a transaction', () => {
  const header = {
    producerId: 9001,
    producerEpoch: 4,
    timestampMs: 1_700_000_000_000,
    baseOffset: 77,
    partitionLeaderEpoch: 3,
  }
  const commit = endTransactionMarker({ ...header, outcome: 'commit', coordinatorEpoch: 6 })
  // As Kafka's own classes write it.
  assert.equal(
    commit.toString('hex'),
    '000000000000004d00000042000000030272e8e4430030000000000000018bcfe568000000018bcfe5680000000000000023290004ffffffff000000012000000008000000010c00000000000600',
  )
  const batch = new RecordBatch(endTransactionMarker({ ...header, outcome: 'abort', coordinatorEpoch: 8 }))
  assert.ok(batch.isControl && batch.isTransactional)
  const [record] = [...batch.records()]
  assert.deepEqual(record && parseEndTransaction(record), { outcome: 'abort', coordinatorEpoch: 8 })
  assert.equal(parseEndTransaction({ key: Buffer.from('00000002', 'hex'), value: Buffer.alloc(6) }), undefined)
})
