import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StorageError } from '../storage-error.ts'
import { decodeLeaderEpochCheckpoint, encodeLeaderEpochCheckpoint } from './leader-epoch-checkpoint.ts'
import { decodeMetaProperties, encodeMetaProperties } from './meta-properties.ts'
import { decodeOffsetCheckpoint, encodeOffsetCheckpoint } from './offset-checkpoint.ts'
import { decodePartitionMetadata, encodePartitionMetadata } from './partition-metadata.ts'

const isCorrupt = (error: unknown): boolean => error instanceof StorageError && error.code === 'CORRUPT_FILE'

test('offset checkpoints have the bytes of Kafka', () => {
  const entries = [
    { topic: 'orders', partition: 0, offset: 42 },
    { topic: '__consumer_offsets', partition: 49, offset: 9_000_000_000_000 },
  ]
  const content = encodeOffsetCheckpoint(entries)
  assert.equal(content.toString(), '0\n2\norders 0 42\n__consumer_offsets 49 9000000000000\n')
  assert.deepEqual(decodeOffsetCheckpoint(content, 'x'), entries)
  assert.deepEqual(decodeOffsetCheckpoint(Buffer.from('0\n0\n'), 'x'), [])
})

test('leader epoch checkpoints have the bytes of Kafka', () => {
  const entries = [
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 17 },
  ]
  const content = encodeLeaderEpochCheckpoint(entries)
  assert.equal(content.toString(), '0\n2\n0 0\n3 17\n')
  assert.deepEqual(decodeLeaderEpochCheckpoint(content, 'x'), entries)
})

test('a damaged checkpoint is refused', () => {
  for (const text of ['', '1\n0\n', '0\n2\na 0 1\n', '0\n1\na 0\n', '0\n1\na b 1\n', '0\nx\n']) {
    assert.throws(() => decodeOffsetCheckpoint(Buffer.from(text), 'x'), isCorrupt)
  }
  for (const text of ['0\n1\n-1 0\n', '0\n1\n1 2 3\n']) {
    assert.throws(() => decodeLeaderEpochCheckpoint(Buffer.from(text), 'x'), isCorrupt)
  }
})

test('partition.metadata has the bytes of Kafka', () => {
  const content = encodePartitionMetadata('Sd0nVJ4yTrW8DMtbJwMbhg')
  assert.equal(content.toString(), 'version: 0\ntopic_id: Sd0nVJ4yTrW8DMtbJwMbhg')
  assert.equal(decodePartitionMetadata(content, 'x'), 'Sd0nVJ4yTrW8DMtbJwMbhg')
  assert.throws(() => decodePartitionMetadata(Buffer.from('version: 0\n'), 'x'), isCorrupt)
})

test('meta.properties as Kafka writes it is read, and what is not known is kept', () => {
  const written =
    '#\n#Sun Nov 22 21:20:00 UTC 2026\ncluster.id=J5v0Zk2vSUSgD4X0Y5sTgQ\ndirectory.id=abc\nversion=0\nbroker.id=3\n'
  const properties = decodeMetaProperties(Buffer.from(written))
  assert.equal(properties.brokerId, 3)
  assert.equal(properties.clusterId, 'J5v0Zk2vSUSgD4X0Y5sTgQ')
  assert.deepEqual(decodeMetaProperties(encodeMetaProperties(properties)), properties)
  const fresh = encodeMetaProperties({ brokerId: 0, clusterId: 'J5v0Zk2vSUSgD4X0Y5sTgQ', others: new Map() })
  assert.equal(fresh.toString(), '#\nbroker.id=0\ncluster.id=J5v0Zk2vSUSgD4X0Y5sTgQ\nversion=0\n')
})
