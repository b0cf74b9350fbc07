import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteWriter, DecodeError } from '@odradek/base'
import { groupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { offsetCommitValue } from '@odradek/kafka-protocol/messages/offset-commit-value'
import type { GroupRecord, SavedGroup } from './group-record.ts'
import { groupRecordCodec } from './group-record-codec.ts'

const offset: GroupRecord = {
  kind: 'offset',
  groupId: 'grp',
  topic: 'topic',
  partition: 3,
  value: {
    offset: 2n ** 60n,
    leaderEpoch: 7,
    metadata: 'm',
    commitTimestampMs: 1_700_000_000_000,
    expireTimestampMs: undefined,
  },
}

const saved: SavedGroup = {
  protocolType: 'consumer',
  generation: 5,
  protocol: 'range',
  leader: 'a-1',
  stateChangedMs: 1_700_000_000_001,
  members: [
    {
      memberId: 'a-1',
      groupInstanceId: 'one',
      clientId: 'a',
      clientHost: '/127.0.0.1',
      rebalanceTimeoutMs: 300_000,
      sessionTimeoutMs: 45_000,
      subscription: Buffer.from([0, 1, 2]),
      assignment: Buffer.from([3, 4]),
    },
  ],
}

function throughBytes(record: GroupRecord): GroupRecord | undefined {
  const { key, value } = groupRecordCodec.encode(record)
  return groupRecordCodec.decode(key, value)
}

test('records are read back as they were written', () => {
  const group: GroupRecord = { kind: 'group', groupId: 'grp', value: saved }
  const empty: GroupRecord = {
    kind: 'group',
    groupId: 'grp',
    value: { ...saved, protocol: null, leader: null, stateChangedMs: undefined, members: [] },
  }
  const expiring: GroupRecord = {
    ...offset,
    value: { offset: 1n, leaderEpoch: -1, metadata: '', commitTimestampMs: 1, expireTimestampMs: 2 },
  }
  for (const record of [offset, expiring, group, empty, { ...offset, value: null }, { ...group, value: null }]) {
    assert.deepEqual(throughBytes(record), record)
  }
})

test('the bytes are those that Kafka 3.9 writes', () => {
  const { key, value } = groupRecordCodec.encode(offset)
  assert.equal(key.toString('hex'), '0001' + '0003677270' + '0005746f706963' + '00000003')
  assert.equal(
    value?.toString('hex'),
    '0003' + '1000000000000000' + '00000007' + '00016d' + (1_700_000_000_000).toString(16).padStart(16, '0'),
  )
  const group = groupRecordCodec.encode({ kind: 'group', groupId: 'grp', value: { ...saved, members: [] } })
  assert.equal(group.key.toString('hex'), '0002' + '0003677270')
  assert.equal(
    group.value?.toString('hex'),
    '0003' +
      '0008636f6e73756d6572' +
      '00000005' +
      '000572616e6765' +
      '0003612d31' +
      (1_700_000_000_001).toString(16).padStart(16, '0') +
      '00000000',
  )
})

test('every version of the values that a broker has ever written is read', () => {
  const { key: offsetKey } = groupRecordCodec.encode(offset)
  for (let version = offsetCommitValue.minVersion; version <= offsetCommitValue.maxVersion; version++) {
    const writer = new ByteWriter()
    writer.int16(version)
    offsetCommitValue.encode(writer, { offset: 9n, metadata: 'x', commitTimestamp: 5n }, version)
    assert.deepEqual(groupRecordCodec.decode(offsetKey, writer.concat())?.value, {
      offset: 9n,
      leaderEpoch: -1,
      metadata: 'x',
      commitTimestampMs: 5,
      expireTimestampMs: undefined,
    })
  }
  const { key: groupKey } = groupRecordCodec.encode({ kind: 'group', groupId: 'grp', value: saved })
  for (let version = groupMetadataValue.minVersion; version <= groupMetadataValue.maxVersion; version++) {
    const writer = new ByteWriter()
    writer.int16(version)
    const members = [{ memberId: 'a-1', sessionTimeout: 45_000, rebalanceTimeout: version === 0 ? -1 : 300_000 }]
    groupMetadataValue.encode(writer, { protocolType: 'consumer', protocol: 'range', generation: 5, members }, version)
    const record = groupRecordCodec.decode(groupKey, writer.concat())
    assert.ok(record?.kind === 'group')
    assert.equal(record.value?.generation, 5)
    assert.equal(record.value?.members[0]?.rebalanceTimeoutMs, version === 0 ? 45_000 : 300_000)
  }
})

test('keys of kinds that are not known are left alone, broken ones are an error', () => {
  assert.equal(groupRecordCodec.decode(Buffer.from([0, 11, 0, 1, 0x67]), Buffer.alloc(0)), undefined)
  assert.throws(() => groupRecordCodec.decode(null, null), DecodeError)
  assert.throws(() => groupRecordCodec.decode(Buffer.from([0]), null), DecodeError)
  assert.throws(() => groupRecordCodec.decode(Buffer.from([0, 1, 0, 9]), null), DecodeError)
  const { key } = groupRecordCodec.encode(offset)
  assert.throws(() => groupRecordCodec.decode(key, Buffer.from([0, 99])), DecodeError)
})
