import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecordBatch, endTransactionMarker } from '@odradek/kafka-protocol'
import { PartitionBuffer, UnreadableBatch } from './partition-buffer.ts'

function batch(baseOffset: number, values: string[], producerId = -1): Buffer {
  const records = values.map((value) => ({ timestampMs: 1, key: null, value: Buffer.from(value) }))
  const ids = producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true }
  return encodeRecordBatch({ baseOffset, records, ...ids })
}

function marker(baseOffset: number, producerId: number, outcome: 'commit' | 'abort'): Buffer {
  return endTransactionMarker({
    outcome,
    producerId,
    producerEpoch: 0,
    coordinatorEpoch: 1,
    timestampMs: 1,
    baseOffset,
  })
}

/** All values that come out, and the position in the end. */
function drain(buffer: PartitionBuffer, countMax = 2): { values: string[]; position: number } {
  const values: string[] = []
  let position = -1
  for (let taken = buffer.take(countMax); taken !== undefined; taken = buffer.take(countMax)) {
    assert.ok(taken.records.length <= countMax)
    values.push(...taken.records.map(({ value }) => String(value)))
    position = taken.nextOffset
  }
  return { values, position }
}

test('records come in order from the position on, and the position ends after the last batch', () => {
  const buffer = new PartitionBuffer(true)
  buffer.reset(11)
  buffer.add(Buffer.concat([batch(10, ['a', 'b', 'c']), batch(13, ['d'])]), undefined)
  assert.deepEqual(drain(buffer), { values: ['b', 'c', 'd'], position: 14 })
  assert.equal(buffer.sizeBytes, 0)
  assert.ok(buffer.isEmpty)
})

test('what is left to read is known while a part of an answer is still being read: more can be asked for in time', () => {
  const [first, second] = [batch(0, ['a', 'b']), batch(2, ['c'])]
  const buffer = new PartitionBuffer(true)
  buffer.add(Buffer.concat([first, second, second.subarray(0, 20)]), undefined)
  const sizes: number[][] = []
  const note = (): unknown => sizes.push([buffer.unreadBytes, buffer.sizeBytes])
  note()
  while (buffer.take(1) !== undefined) note()
  note()
  const [rest, whole] = [second.length + 20, first.length + second.length + 20]
  assert.deepEqual(sizes, [
    [whole, whole],
    [rest, whole],
    [rest, whole],
    [20, whole],
    [0, 0],
  ])
  buffer.add(first, undefined)
  buffer.take(1)
  buffer.reset(0)
  assert.deepEqual([buffer.unreadBytes, buffer.sizeBytes], [0, 0])
})

test('of aborted transactions nothing is seen, however their list is sorted; markers only move the position', () => {
  const log = Buffer.concat([
    batch(0, ['aborted 1'], 1),
    batch(1, ['committed'], 2),
    batch(2, ['plain']),
    marker(3, 1, 'abort'),
    batch(4, ['aborted 2'], 1),
    marker(5, 2, 'commit'),
    marker(6, 1, 'abort'),
    batch(7, ['committed later'], 1),
    marker(8, 1, 'commit'),
  ])
  const aborted = [
    { producerId: 1, firstOffset: 4 },
    { producerId: 1, firstOffset: 0 },
  ]
  const committed = new PartitionBuffer(true)
  committed.reset(0)
  committed.add(log, aborted)
  assert.deepEqual(drain(committed), { values: ['committed', 'plain', 'committed later'], position: 9 })
  const all = new PartitionBuffer(true)
  all.reset(0)
  all.add(log, undefined)
  assert.equal(drain(all).values.length, 5)
})

test('a damaged batch is named, and reading goes on behind it', () => {
  const damaged = batch(1, ['b'])
  damaged[damaged.length - 2] = (damaged.at(-2) ?? 0) ^ 1
  const buffer = new PartitionBuffer(true)
  buffer.reset(0)
  buffer.add(Buffer.concat([batch(0, ['a']), damaged, batch(2, ['c'])]), undefined)
  assert.equal(buffer.take(10)?.records.length, 1)
  assert.throws(
    () => buffer.take(10),
    (error) => error instanceof UnreadableBatch && error.offset === 1 && error.nextOffset === 2,
  )
  assert.deepEqual(drain(buffer), { values: ['c'], position: 3 })
})

test('an incomplete batch at the end of an answer is left for the next fetch', () => {
  const buffer = new PartitionBuffer(true)
  buffer.reset(0)
  buffer.add(Buffer.concat([batch(0, ['a']), batch(1, ['b']).subarray(0, 40)]), undefined)
  assert.deepEqual(drain(buffer), { values: ['a'], position: 1 })
})

test('an offset that no number can hold is refused, not rounded', () => {
  const beyond = batch(0, ['b'])
  beyond.writeBigInt64BE(2n ** 53n, 0)
  const buffer = new PartitionBuffer(true)
  buffer.reset(0)
  buffer.add(Buffer.concat([batch(0, ['a']), beyond]), undefined)
  assert.equal(buffer.take(10)?.records.length, 1)
  assert.throws(
    () => buffer.take(10),
    (error) => error instanceof UnreadableBatch && /beyond 2\^53/.test(error.message),
  )
})
