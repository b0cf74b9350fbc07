import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import type { RecordCodec } from '@odradek/coordinator'
import type { Input, Message } from '@odradek/kafka-protocol'
import { groupMetadataKey } from '@odradek/kafka-protocol/messages/group-metadata-key'
import type { GroupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { groupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { offsetCommitKey } from '@odradek/kafka-protocol/messages/offset-commit-key'
import { offsetCommitValue } from '@odradek/kafka-protocol/messages/offset-commit-value'
import { consumerRecordKind, decodeConsumerRecord, encodeConsumerRecord } from './consumer/consumer-record-codec.ts'
import type { CommittedOffset, GroupRecord, SavedGroup } from './group-record.ts'

/** The versions that Kafka 3.9 writes: the highest before the flexible ones, which older brokers cannot read. */
const offsetKeyVersion = 1
const groupKeyVersion = 2
const offsetValueVersion = 3
/** The only version with an expiry of its own; an offset that has one is written so. */
const expiringOffsetValueVersion = 1
const groupValueVersion = 3

/** The records of `__consumer_offsets` in Kafka's format: key and value each begin with an int16, the key's also says what kind it is. */
export const groupRecordCodec: RecordCodec<GroupRecord> = {
  encode(record) {
    const { groupId: group } = record
    if (record.kind === 'group') {
      return {
        key: withVersion(groupMetadataKey, { group }, groupKeyVersion),
        value: record.value === null ? null : encodeGroup(record.value),
      }
    }
    if (record.kind !== 'offset') return encodeConsumerRecord(record)
    const { topic, partition } = record
    return {
      key: withVersion(offsetCommitKey, { group, topic, partition }, offsetKeyVersion),
      value: record.value === null ? null : encodeOffset(record.value),
    }
  },

  decode(key, value) {
    if (key === null) throw new DecodeError('MALFORMED', 'a record of __consumer_offsets without a key')
    const reader = new ByteReader(key)
    const version = reader.int16()
    if (version >= 0 && version <= offsetKeyVersion) {
      const { group: groupId, topic, partition } = offsetCommitKey.decode(reader, version)
      return { kind: 'offset', groupId, topic, partition, value: value === null ? null : decodeOffset(value) }
    }
    if (version === groupKeyVersion) {
      const { group: groupId } = groupMetadataKey.decode(reader, version)
      return { kind: 'group', groupId, value: value === null ? null : decodeGroup(value) }
    }
    const kind = consumerRecordKind(version)
    return kind === undefined ? undefined : decodeConsumerRecord(kind, reader, valueReader(value))
  },
}

/** Behind the version of the value: only version 0 is known of any, and later ones begin as it does. */
function valueReader(value: Buffer | null): ByteReader | null {
  if (value === null) return null
  const reader = new ByteReader(value)
  reader.int16()
  return reader
}

function encodeOffset(from: CommittedOffset): Buffer {
  const { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs } = from
  const value = { offset, leaderEpoch, metadata, commitTimestamp: BigInt(commitTimestampMs) }
  return expireTimestampMs === undefined
    ? withVersion(offsetCommitValue, value, offsetValueVersion)
    : withVersion(
        offsetCommitValue,
        { ...value, expireTimestamp: BigInt(expireTimestampMs) },
        expiringOffsetValueVersion,
      )
}

function decodeOffset(bytes: Buffer): CommittedOffset {
  const { value } = readVersioned(offsetCommitValue, bytes)
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: Number(value.commitTimestamp),
    expireTimestampMs: value.expireTimestamp === -1n ? undefined : Number(value.expireTimestamp),
  }
}

function encodeGroup(group: SavedGroup): Buffer {
  return withVersion(
    groupMetadataValue,
    {
      protocolType: group.protocolType,
      generation: group.generation,
      protocol: group.protocol,
      leader: group.leader,
      currentStateTimestamp: BigInt(group.stateChangedMs ?? -1),
      members: group.members.map(({ rebalanceTimeoutMs, sessionTimeoutMs, ...member }) => ({
        ...member,
        rebalanceTimeout: rebalanceTimeoutMs,
        sessionTimeout: sessionTimeoutMs,
      })),
    },
    groupValueVersion,
  )
}

function decodeGroup(bytes: Buffer): SavedGroup {
  const { version, value } = readVersioned(groupMetadataValue, bytes)
  return {
    protocolType: value.protocolType,
    generation: value.generation,
    protocol: value.protocol,
    leader: value.leader,
    stateChangedMs: value.currentStateTimestamp === -1n ? undefined : Number(value.currentStateTimestamp),
    members: value.members.map((member) => decodeMember(member, version)),
  }
}

/** Copies the bytes, which live as long as the group, out of the part of the log that was read. */
function decodeMember(member: GroupMetadataValue['members'][number], version: number): SavedGroup['members'][number] {
  return {
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    // Before there was a rebalance timeout, the session's served for both.
    rebalanceTimeoutMs: version === 0 ? member.sessionTimeout : member.rebalanceTimeout,
    sessionTimeoutMs: member.sessionTimeout,
    subscription: Buffer.from(member.subscription),
    assignment: Buffer.from(member.assignment),
  }
}

function withVersion<T>(message: Message<T>, value: Input<T>, version: number): Buffer {
  const writer = new ByteWriter()
  writer.int16(version)
  message.encode(writer, value, version)
  return writer.concat()
}

function readVersioned<T>(message: Message<T>, bytes: Buffer): { version: number; value: T } {
  const reader = new ByteReader(bytes)
  const version = reader.int16()
  return { version, value: message.decode(reader, version) }
}
