import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecordBatch } from '@odradek/kafka-protocol'
import { verifyPartition } from './verify-partition.ts'

const place = { topic: 'orders', partition: 0 }

function log(...values: readonly string[]): Buffer {
  return Buffer.concat(
    values.map((value, index) =>
      encodeRecordBatch({ baseOffset: index, records: [{ value: Buffer.from(value), timestampMs: 0 }] }),
    ),
  )
}

test('replicas are compared as far as all have the records', () => {
  const piece = (brokerId: number, records: Buffer, highWatermark: number) => ({ brokerId, records, highWatermark })
  assert.deepEqual(verifyPartition(place, 0, [piece(1, log('a', 'b', 'c'), 3), piece(2, log('a', 'b'), 2)]), {
    nextOffset: 2,
    lag: 1,
    differences: [],
    mismatch: undefined,
  })
  const { differences, nextOffset } = verifyPartition(place, 0, [
    piece(1, log('a', 'b'), 2),
    piece(2, log('a', 'x'), 2),
  ])
  assert.equal(nextOffset, 2)
  assert.equal(differences.length, 1)
  assert.match(
    differences[0] ?? '',
    /^partition orders-0 has unmatched checksum at offset 1; replica 1's checksum \d+; replica 2's checksum \d+$/,
  )
  const other = encodeRecordBatch({
    baseOffset: 0,
    records: ['a', 'b'].map((value) => ({ value: Buffer.from(value), timestampMs: 0 })),
  })
  assert.equal(
    verifyPartition(place, 0, [piece(1, log('a', 'b'), 2), piece(2, other, 2)]).mismatch,
    "partition orders-0: replica 1's offset 0 doesn't match replica 2's offset 1",
  )
  assert.deepEqual(verifyPartition(place, 5, [piece(1, Buffer.alloc(0), 5)]).lag, 0)
})
