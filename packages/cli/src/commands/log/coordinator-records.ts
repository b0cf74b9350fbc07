import { isUtf8 } from 'node:buffer'
import { ByteReader, DecodeError } from '@odradek/base'
import type { Message } from '@odradek/kafka-protocol'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import { consumerGroupCurrentMemberAssignmentKey } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-key'
import { consumerGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-value'
import { consumerGroupMemberMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-key'
import { consumerGroupMemberMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-value'
import { consumerGroupMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-metadata-key'
import { consumerGroupMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-metadata-value'
import { consumerGroupPartitionMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-partition-metadata-key'
import { consumerGroupPartitionMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-partition-metadata-value'
import { consumerGroupRegularExpressionKey } from '@odradek/kafka-protocol/messages/consumer-group-regular-expression-key'
import { consumerGroupRegularExpressionValue } from '@odradek/kafka-protocol/messages/consumer-group-regular-expression-value'
import { consumerGroupTargetAssignmentMemberKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-key'
import { consumerGroupTargetAssignmentMemberValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-value'
import { consumerGroupTargetAssignmentMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-key'
import { consumerGroupTargetAssignmentMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-value'
import { groupMetadataKey } from '@odradek/kafka-protocol/messages/group-metadata-key'
import { groupMetadataValue } from '@odradek/kafka-protocol/messages/group-metadata-value'
import { offsetCommitKey } from '@odradek/kafka-protocol/messages/offset-commit-key'
import { offsetCommitValue } from '@odradek/kafka-protocol/messages/offset-commit-value'
import { shareGroupCurrentMemberAssignmentKey } from '@odradek/kafka-protocol/messages/share-group-current-member-assignment-key'
import { shareGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/share-group-current-member-assignment-value'
import { shareGroupMemberMetadataKey } from '@odradek/kafka-protocol/messages/share-group-member-metadata-key'
import { shareGroupMemberMetadataValue } from '@odradek/kafka-protocol/messages/share-group-member-metadata-value'
import { shareGroupMetadataKey } from '@odradek/kafka-protocol/messages/share-group-metadata-key'
import { shareGroupMetadataValue } from '@odradek/kafka-protocol/messages/share-group-metadata-value'
import { shareGroupPartitionMetadataKey } from '@odradek/kafka-protocol/messages/share-group-partition-metadata-key'
import { shareGroupPartitionMetadataValue } from '@odradek/kafka-protocol/messages/share-group-partition-metadata-value'
import { shareGroupStatePartitionMetadataKey } from '@odradek/kafka-protocol/messages/share-group-state-partition-metadata-key'
import { shareGroupStatePartitionMetadataValue } from '@odradek/kafka-protocol/messages/share-group-state-partition-metadata-value'
import { shareGroupTargetAssignmentMemberKey } from '@odradek/kafka-protocol/messages/share-group-target-assignment-member-key'
import { shareGroupTargetAssignmentMemberValue } from '@odradek/kafka-protocol/messages/share-group-target-assignment-member-value'
import { shareGroupTargetAssignmentMetadataKey } from '@odradek/kafka-protocol/messages/share-group-target-assignment-metadata-key'
import { shareGroupTargetAssignmentMetadataValue } from '@odradek/kafka-protocol/messages/share-group-target-assignment-metadata-value'
import { shareSnapshotKey } from '@odradek/kafka-protocol/messages/share-snapshot-key'
import { shareSnapshotValue } from '@odradek/kafka-protocol/messages/share-snapshot-value'
import { shareUpdateKey } from '@odradek/kafka-protocol/messages/share-update-key'
import { shareUpdateValue } from '@odradek/kafka-protocol/messages/share-update-value'
import { streamsGroupCurrentMemberAssignmentKey } from '@odradek/kafka-protocol/messages/streams-group-current-member-assignment-key'
import { streamsGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/streams-group-current-member-assignment-value'
import { streamsGroupMemberMetadataKey } from '@odradek/kafka-protocol/messages/streams-group-member-metadata-key'
import { streamsGroupMemberMetadataValue } from '@odradek/kafka-protocol/messages/streams-group-member-metadata-value'
import { streamsGroupMetadataKey } from '@odradek/kafka-protocol/messages/streams-group-metadata-key'
import { streamsGroupMetadataValue } from '@odradek/kafka-protocol/messages/streams-group-metadata-value'
import { streamsGroupTargetAssignmentMemberKey } from '@odradek/kafka-protocol/messages/streams-group-target-assignment-member-key'
import { streamsGroupTargetAssignmentMemberValue } from '@odradek/kafka-protocol/messages/streams-group-target-assignment-member-value'
import { streamsGroupTargetAssignmentMetadataKey } from '@odradek/kafka-protocol/messages/streams-group-target-assignment-metadata-key'
import { streamsGroupTargetAssignmentMetadataValue } from '@odradek/kafka-protocol/messages/streams-group-target-assignment-metadata-value'
import { streamsGroupTopologyKey } from '@odradek/kafka-protocol/messages/streams-group-topology-key'
import { streamsGroupTopologyValue } from '@odradek/kafka-protocol/messages/streams-group-topology-value'
import { transactionLogKey } from '@odradek/kafka-protocol/messages/transaction-log-key'
import { transactionLogValue } from '@odradek/kafka-protocol/messages/transaction-log-value'

/** Topics whose records are a coordinator's: by the type that their keys begin with, what key and value are. */
export type CoordinatorTopic = '__consumer_offsets' | '__transaction_state' | '__share_group_state'

type Pair = readonly [key: Message, value: Message]

const offsetsPairs: readonly Pair[] = [
  [consumerGroupCurrentMemberAssignmentKey, consumerGroupCurrentMemberAssignmentValue],
  [consumerGroupMemberMetadataKey, consumerGroupMemberMetadataValue],
  [consumerGroupMetadataKey, consumerGroupMetadataValue],
  [consumerGroupPartitionMetadataKey, consumerGroupPartitionMetadataValue],
  [consumerGroupRegularExpressionKey, consumerGroupRegularExpressionValue],
  [consumerGroupTargetAssignmentMemberKey, consumerGroupTargetAssignmentMemberValue],
  [consumerGroupTargetAssignmentMetadataKey, consumerGroupTargetAssignmentMetadataValue],
  [groupMetadataKey, groupMetadataValue],
  [offsetCommitKey, offsetCommitValue],
  [shareGroupCurrentMemberAssignmentKey, shareGroupCurrentMemberAssignmentValue],
  [shareGroupMemberMetadataKey, shareGroupMemberMetadataValue],
  [shareGroupMetadataKey, shareGroupMetadataValue],
  [shareGroupPartitionMetadataKey, shareGroupPartitionMetadataValue],
  [shareGroupStatePartitionMetadataKey, shareGroupStatePartitionMetadataValue],
  [shareGroupTargetAssignmentMemberKey, shareGroupTargetAssignmentMemberValue],
  [shareGroupTargetAssignmentMetadataKey, shareGroupTargetAssignmentMetadataValue],
  [streamsGroupCurrentMemberAssignmentKey, streamsGroupCurrentMemberAssignmentValue],
  [streamsGroupMemberMetadataKey, streamsGroupMemberMetadataValue],
  [streamsGroupMetadataKey, streamsGroupMetadataValue],
  [streamsGroupTargetAssignmentMemberKey, streamsGroupTargetAssignmentMemberValue],
  [streamsGroupTargetAssignmentMetadataKey, streamsGroupTargetAssignmentMetadataValue],
  [streamsGroupTopologyKey, streamsGroupTopologyValue],
]
const pairs: Readonly<Record<CoordinatorTopic, readonly Pair[]>> = {
  __consumer_offsets: offsetsPairs,
  __transaction_state: [[transactionLogKey, transactionLogValue]],
  __share_group_state: [
    [shareSnapshotKey, shareSnapshotValue],
    [shareUpdateKey, shareUpdateValue],
  ],
}

export function isCoordinatorTopic(topic: string): topic is CoordinatorTopic {
  return Object.hasOwn(pairs, topic)
}

/** A record of a coordinator, as its names in Kafka say it. */
export interface CoordinatorRecord {
  /** Such as `OffsetCommit`, `GroupMetadata`. */
  readonly type: string
  readonly key: unknown
  /** Null for a tombstone: what the key names is gone. */
  readonly value: unknown
}

/** Type 0 of `__consumer_offsets`, an offset as committed before Kafka 0.9, looks like type 1. */
function pairOf(topic: CoordinatorTopic, type: number): Pair | undefined {
  const wanted = topic === '__consumer_offsets' && type === 0 ? 1 : type
  return pairs[topic].find(([key]) => key.apiKey === wanted)
}

/** Reads a record of a coordinator. Throws `DecodeError` for one of a type or version that is not known, and for bytes that are no such record. */
export function decodeCoordinatorRecord(
  topic: CoordinatorTopic,
  keyBytes: Buffer | null,
  valueBytes: Buffer | null,
): CoordinatorRecord {
  if (keyBytes === null) throw new DecodeError('MALFORMED', `a record of ${topic} without a key`)
  const keyReader = new ByteReader(keyBytes)
  const type = keyReader.int16()
  const pair = pairOf(topic, type)
  if (pair === undefined) throw new DecodeError('MALFORMED', `a record of ${topic} of type ${type}, which is not known`)
  const [keyMessage, valueMessage] = pair
  const key = keyMessage.decode(keyReader, type)
  const name = keyMessage.name.replace(/Key$/, '')
  return { type: name, key: printable(key), value: valueBytes === null ? null : decodeValue(valueMessage, valueBytes) }
}

function decodeValue(message: Message, bytes: Buffer): unknown {
  const reader = new ByteReader(bytes)
  const version = reader.int16()
  if (version < message.minVersion || version > message.maxVersion) {
    throw new DecodeError(
      'MALFORMED',
      `${message.name} of version ${version}, where ${message.minVersion} to ${message.maxVersion} are known`,
    )
  }
  const value = message.decode(reader, version) as Record<string, unknown>
  return printable(message === groupMetadataValue ? withMembers(value) : value)
}

/** The subscriptions and assignments of members of a classic group of consumers, which are the members' own bytes. */
function withMembers(value: Record<string, unknown>): Record<string, unknown> {
  if (value['protocolType'] !== 'consumer' || !Array.isArray(value['members'])) return value
  const members = value['members'].map((member: Record<string, unknown>) => ({
    ...member,
    subscription: ownBytes(consumerProtocolSubscription, member['subscription']),
    assignment: ownBytes(consumerProtocolAssignment, member['assignment']),
  }))
  return { ...value, members }
}

function ownBytes(message: Message, bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes) || bytes.length < 2) return bytes
  try {
    const reader = new ByteReader(bytes)
    return message.decode(reader, Math.min(reader.int16(), message.maxVersion))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return bytes
  }
}

/** Bytes as text. */
function printable(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return bytesText(value)
  if (Array.isArray(value)) return value.map(printable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, printable(part)]))
}

/** Bytes as the text that they are, or as `base64:…` where they are none. */
export function bytesText(bytes: Buffer): string {
  const isText = isUtf8(bytes) && bytes.every((byte) => byte >= 0x20 || isLineOrTab(byte))
  return isText ? bytes.toString('utf8') : `base64:${bytes.toString('base64')}`
}

function isLineOrTab(byte: number): boolean {
  return byte === 0x09 || byte === 0x0a || byte === 0x0d
}
