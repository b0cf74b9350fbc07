import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from '@odradek/base'
import { groupRecordCodec } from '../group-record-codec.ts'
import { newMember } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { currentRecord, epochRecord, memberRecord, memberTombstones, targetRecord } from './consumer-record.ts'

const groupId = 'g'
const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
const member = {
  ...newMember('m'),
  memberEpoch: 7,
  previousMemberEpoch: 6,
  state: 'unreleased-partitions' as const,
  instanceId: 'i',
  rackId: 'r',
  rebalanceTimeoutMs: 300_000,
  clientId: 'c',
  clientHost: '/10.0.0.9',
  subscribedTopicNames: ['a', 'b'],
  subscribedTopicRegex: 'x.*',
  serverAssignor: 'range',
  assignedPartitions: new Map([
    [
      topicId,
      new Map([
        [0, 3],
        [5, 7],
      ]),
    ],
  ]),
  partitionsPendingRevocation: new Map([[topicId, new Map([[1, 2]])]]),
  classic: { sessionTimeoutMs: 45_000, supportedProtocols: [{ name: 'range', metadata: Buffer.from([0, 1]) }] },
}

const records: readonly ConsumerRecord[] = [
  epochRecord(groupId, 12, -5n),
  memberRecord(groupId, member),
  memberRecord(groupId, newMember('plain')),
  targetRecord(groupId, 'm', new Map([[topicId, new Set([0, 1])]])),
  { kind: 'consumer-target-epoch', groupId, value: { assignmentEpoch: 12, assignedMs: 1_700_000_000_000 } },
  currentRecord(groupId, member),
  { kind: 'consumer-regex', groupId, regex: 'x.*', value: { topics: ['x1', 'x2'], version: 4, resolvedMs: 9 } },
  ...memberTombstones(groupId, 'm'),
  { kind: 'consumer-target-epoch', groupId, value: null },
  { kind: 'consumer-partition-metadata', groupId, value: null },
  { kind: 'consumer-group', groupId, value: null },
  { kind: 'consumer-regex', groupId, regex: 'x.*', value: null },
]

for (const record of records) {
  test(`a record is read as it was written: ${record.kind}${record.value === null ? ' removed' : ''}`, () => {
    const { key, value } = groupRecordCodec.encode(record)
    assert.deepEqual(groupRecordCodec.decode(key, value), record)
  })
}

test('an epoch of a group is the bytes that Kafka 4.3.1 writes', () => {
  const { key, value } = groupRecordCodec.encode(epochRecord('g', 12, 0n))
  assert.equal(key?.toString('hex'), '0003000167')
  assert.equal(value?.toString('hex'), '00000000000c00')
})

test('a member that Kafka before 4.3 wrote has its own epoch with each partition', () => {
  const { key } = groupRecordCodec.encode(currentRecord(groupId, member))
  const before = Buffer.concat([
    Buffer.from('0000000000090000000800', 'hex'),
    Buffer.from('02', 'hex'),
    Buffer.alloc(15),
    Buffer.from('0102000000030001', 'hex'),
    Buffer.from('00', 'hex'),
  ])
  const decoded = groupRecordCodec.decode(key, before)
  assert.ok(decoded?.kind === 'consumer-current')
  assert.deepEqual(decoded.value?.assignedPartitions, new Map([[topicId, new Map([[3, 9]])]]))
})

test('broken records are an error', () => {
  for (const record of records) {
    const { key, value } = groupRecordCodec.encode(record)
    if (value === null || key === null) continue
    for (let length = 0; length < value.length; length++) {
      assert.throws(() => groupRecordCodec.decode(key, value.subarray(0, length)), DecodeError)
    }
  }
})
