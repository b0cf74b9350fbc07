import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommittedOffset } from '../group-record.ts'
import { GroupOffsets } from './group-offsets.ts'

const at = { topic: 't', partition: 0 }

function commitOf(offset: number): CommittedOffset {
  return { offset: BigInt(offset), leaderEpoch: -1, metadata: '', commitTimestampMs: 0, expireTimestampMs: undefined }
}

/** A commit that stands alone in its batch. */
function record(offsets: GroupOffsets, offset: number, logOffset: number, committedOffset: number): void {
  offsets.record(at, { logOffset, batchOffset: logOffset, value: commitOf(offset) }, committedOffset)
}

test('a commit is shown when it is committed, and what was before until then', () => {
  const offsets = new GroupOffsets()
  record(offsets, 5, 10, 10)
  assert.equal(offsets.committed(at, 10), undefined)
  assert.equal(offsets.isPending(at, 10), true)
  record(offsets, 6, 11, 11)
  assert.equal(offsets.committed(at, 11)?.offset, 5n)
  assert.equal(offsets.committed(at, 12)?.offset, 6n)
  assert.equal(offsets.isPending(at, 12), false)
})

test('a transaction counts from its marker on', () => {
  const offsets = new GroupOffsets()
  offsets.recordTransactional(7, at, commitOf(5), 1)
  assert.equal(offsets.committed(at, 100), undefined)
  assert.equal(offsets.isPending(at, 100), true)
  assert.equal(offsets.isEmpty, false)
  offsets.endTransaction(7, true, 3, 3)
  assert.equal(offsets.committed(at, 3), undefined, 'the marker is not committed yet')
  assert.equal(offsets.committed(at, 4)?.offset, 5n)
})

test('an aborted transaction leaves nothing', () => {
  const offsets = new GroupOffsets()
  offsets.recordTransactional(7, at, commitOf(5), 1)
  offsets.endTransaction(7, false, 3, 3)
  assert.equal(offsets.committed(at, 100), undefined)
  assert.equal(offsets.isEmpty, true)
})

test('of a plain commit and a transaction that ends after it, what was written later stands', () => {
  const older = new GroupOffsets()
  older.recordTransactional(7, at, commitOf(5), 1)
  record(older, 6, 2, 2)
  older.endTransaction(7, true, 3, 3)
  assert.equal(older.committed(at, 100)?.offset, 6n)

  const newer = new GroupOffsets()
  record(newer, 6, 1, 1)
  newer.recordTransactional(7, at, commitOf(5), 2)
  newer.endTransaction(7, true, 3, 3)
  assert.equal(newer.committed(at, 100)?.offset, 5n)
})

test('a removal takes the offset away, and what open transactions would make of it', () => {
  const offsets = new GroupOffsets()
  record(offsets, 5, 1, 2)
  offsets.recordTransactional(7, at, commitOf(6), 2)
  offsets.remove(at)
  assert.equal(offsets.isEmpty, true)
  offsets.endTransaction(7, true, 4, 5)
  assert.equal(offsets.committed(at, 100), undefined)
})

test('however often a partition is committed, no more is remembered than what is not committed yet', () => {
  const offsets = new GroupOffsets()
  for (let logOffset = 0; logOffset < 1000; logOffset++) record(offsets, logOffset, logOffset, logOffset)
  assert.deepEqual([...offsets.positions()], [at])
  assert.equal(offsets.committed(at, 999)?.offset, 998n)
  assert.equal(offsets.committed(at, 998), undefined, 'older versions are gone')
})
