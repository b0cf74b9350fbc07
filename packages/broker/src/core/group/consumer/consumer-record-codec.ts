import type { ByteReader } from '@odradek/base'
import { ByteWriter } from '@odradek/base'
import type { Input, Message } from '@odradek/kafka-protocol'
import type { ConsumerGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-value'
import { consumerGroupCurrentMemberAssignmentKey } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-key'
import { consumerGroupCurrentMemberAssignmentValue } from '@odradek/kafka-protocol/messages/consumer-group-current-member-assignment-value'
import { consumerGroupMemberMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-key'
import { consumerGroupMemberMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-member-metadata-value'
import { consumerGroupMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-metadata-key'
import { consumerGroupMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-metadata-value'
import { consumerGroupPartitionMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-partition-metadata-key'
import { consumerGroupRegularExpressionKey } from '@odradek/kafka-protocol/messages/consumer-group-regular-expression-key'
import { consumerGroupRegularExpressionValue } from '@odradek/kafka-protocol/messages/consumer-group-regular-expression-value'
import { consumerGroupTargetAssignmentMemberKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-key'
import { consumerGroupTargetAssignmentMemberValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-member-value'
import { consumerGroupTargetAssignmentMetadataKey } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-key'
import { consumerGroupTargetAssignmentMetadataValue } from '@odradek/kafka-protocol/messages/consumer-group-target-assignment-metadata-value'
import type { EpochAssignment } from './assignment.ts'
import { assignmentOf, sortedPartitions } from './assignment.ts'
import type { MemberState } from './consumer-member.ts'
import type { ConsumerRecord, SavedConsumerMember, SavedMemberAssignment } from './consumer-record.ts'

/** Kafka's type numbers: the version of a key is what kind of record it is the key of. */
const kindsByType = new Map<number, ConsumerRecord['kind']>([
  [3, 'consumer-group'],
  [4, 'consumer-partition-metadata'],
  [5, 'consumer-member'],
  [6, 'consumer-target-epoch'],
  [7, 'consumer-target'],
  [8, 'consumer-current'],
  [16, 'consumer-regex'],
])

const stateCodes: Record<MemberState, number> = {
  stable: 0,
  'unrevoked-partitions': 1,
  'unreleased-partitions': 2,
  unknown: 127,
}
const statesByCode = new Map(Object.entries(stateCodes).map(([state, code]) => [code, state as MemberState]))

/** The kind of record of a key's type number; undefined for the records of other groups. */
export function consumerRecordKind(type: number): ConsumerRecord['kind'] | undefined {
  return kindsByType.get(type)
}

/** Key and value in Kafka's format, each behind its int16. */
export function encodeConsumerRecord(record: ConsumerRecord): { key: Buffer; value: Buffer | null } {
  const { groupId } = record
  switch (record.kind) {
    case 'consumer-group': {
      const { value } = record
      return {
        key: keyOf(3, consumerGroupMetadataKey, { groupId }),
        value: valueOf(consumerGroupMetadataValue, value),
      }
    }
    case 'consumer-partition-metadata':
      return { key: keyOf(4, consumerGroupPartitionMetadataKey, { groupId }), value: null }
    case 'consumer-member': {
      const { memberId, value } = record
      return {
        key: keyOf(5, consumerGroupMemberMetadataKey, { groupId, memberId }),
        value: valueOf(consumerGroupMemberMetadataValue, value === null ? null : memberValue(value)),
      }
    }
    case 'consumer-target-epoch': {
      const { value } = record
      return {
        key: keyOf(6, consumerGroupTargetAssignmentMetadataKey, { groupId }),
        value: valueOf(
          consumerGroupTargetAssignmentMetadataValue,
          value === null
            ? null
            : { assignmentEpoch: value.assignmentEpoch, assignmentTimestamp: BigInt(value.assignedMs) },
        ),
      }
    }
    case 'consumer-target': {
      const { memberId, value } = record
      return {
        key: keyOf(7, consumerGroupTargetAssignmentMemberKey, { groupId, memberId }),
        value: valueOf(
          consumerGroupTargetAssignmentMemberValue,
          value === null ? null : { topicPartitions: sortedPartitions(value) },
        ),
      }
    }
    case 'consumer-current': {
      const { memberId, value } = record
      return {
        key: keyOf(8, consumerGroupCurrentMemberAssignmentKey, { groupId, memberId }),
        value: valueOf(consumerGroupCurrentMemberAssignmentValue, value === null ? null : currentValue(value)),
      }
    }
    case 'consumer-regex': {
      const { regex, value } = record
      return {
        key: keyOf(16, consumerGroupRegularExpressionKey, { groupId, regularExpression: regex }),
        value: valueOf(
          consumerGroupRegularExpressionValue,
          value === null
            ? null
            : { topics: [...value.topics], version: BigInt(value.version), timestamp: BigInt(value.resolvedMs) },
        ),
      }
    }
  }
}

function memberValue(member: SavedConsumerMember): Input<MessageValue<typeof consumerGroupMemberMetadataValue>> {
  const { subscribedTopicNames, classic, ...rest } = member
  return {
    ...rest,
    subscribedTopicNames: [...subscribedTopicNames],
    classicMemberMetadata:
      classic === undefined
        ? null
        : {
            sessionTimeoutMs: classic.sessionTimeoutMs,
            supportedProtocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata })),
          },
  }
}

type MessageValue<M> = M extends Message<infer Value> ? Value : never

function currentValue(
  value: SavedMemberAssignment,
): Input<MessageValue<typeof consumerGroupCurrentMemberAssignmentValue>> {
  return {
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: stateCodes[value.state],
    assignedPartitions: withEpochs(value.assignedPartitions),
    partitionsPendingRevocation: withEpochs(value.partitionsPendingRevocation),
  }
}

function withEpochs(
  assignment: EpochAssignment,
): { topicId: string; partitions: number[]; assignmentEpochs: number[] }[] {
  return sortedPartitions(assignment).map(({ topicId, partitions }) => ({
    topicId,
    partitions,
    assignmentEpochs: partitions.map((partition) => assignment.get(topicId)?.get(partition) ?? 0),
  }))
}

/** The readers stand behind the int16 of key and value; a null value takes the key away. Throws `DecodeError`. */
export function decodeConsumerRecord(
  kind: ConsumerRecord['kind'],
  key: ByteReader,
  value: ByteReader | null,
): ConsumerRecord {
  switch (kind) {
    case 'consumer-group': {
      const { groupId } = consumerGroupMetadataKey.decode(key, 3)
      return { kind, groupId, value: value === null ? null : consumerGroupMetadataValue.decode(value, 0) }
    }
    case 'consumer-partition-metadata': {
      const { groupId } = consumerGroupPartitionMetadataKey.decode(key, 4)
      return { kind, groupId, value: value === null ? null : {} }
    }
    case 'consumer-member': {
      const { groupId, memberId } = consumerGroupMemberMetadataKey.decode(key, 5)
      return { kind, groupId, memberId, value: value === null ? null : readMember(value) }
    }
    case 'consumer-target-epoch': {
      const { groupId } = consumerGroupTargetAssignmentMetadataKey.decode(key, 6)
      if (value === null) return { kind, groupId, value: null }
      const { assignmentEpoch, assignmentTimestamp } = consumerGroupTargetAssignmentMetadataValue.decode(value, 0)
      return { kind, groupId, value: { assignmentEpoch, assignedMs: Number(assignmentTimestamp) } }
    }
    case 'consumer-target': {
      const { groupId, memberId } = consumerGroupTargetAssignmentMemberKey.decode(key, 7)
      if (value === null) return { kind, groupId, memberId, value: null }
      const { topicPartitions } = consumerGroupTargetAssignmentMemberValue.decode(value, 0)
      return { kind, groupId, memberId, value: assignmentOf(topicPartitions) }
    }
    case 'consumer-current': {
      const { groupId, memberId } = consumerGroupCurrentMemberAssignmentKey.decode(key, 8)
      return { kind, groupId, memberId, value: value === null ? null : readCurrent(value) }
    }
    case 'consumer-regex': {
      const { groupId, regularExpression } = consumerGroupRegularExpressionKey.decode(key, 16)
      if (value === null) return { kind, groupId, regex: regularExpression, value: null }
      const { topics, version, timestamp } = consumerGroupRegularExpressionValue.decode(value, 0)
      const resolved = { topics: topics.toSorted(), version: Number(version), resolvedMs: Number(timestamp) }
      return { kind, groupId, regex: regularExpression, value: resolved }
    }
  }
}

/** Copies the bytes, which live as long as the group, out of the part of the log that was read. */
function readMember(reader: ByteReader): SavedConsumerMember {
  const { classicMemberMetadata, subscribedTopicNames, ...rest } = consumerGroupMemberMetadataValue.decode(reader, 0)
  return {
    ...rest,
    subscribedTopicNames: [...new Set(subscribedTopicNames)].sort(),
    classic:
      classicMemberMetadata === null
        ? undefined
        : {
            sessionTimeoutMs: classicMemberMetadata.sessionTimeoutMs,
            supportedProtocols: classicMemberMetadata.supportedProtocols.map(({ name, metadata }) => ({
              name,
              metadata: Buffer.from(metadata),
            })),
          },
  }
}

function readCurrent(reader: ByteReader): SavedMemberAssignment {
  const value = consumerGroupCurrentMemberAssignmentValue.decode(reader, 0)
  return {
    memberEpoch: value.memberEpoch,
    previousMemberEpoch: value.previousMemberEpoch,
    state: statesByCode.get(value.state) ?? 'unknown',
    assignedPartitions: readEpochs(value.assignedPartitions, value.memberEpoch),
    partitionsPendingRevocation: readEpochs(value.partitionsPendingRevocation, value.memberEpoch),
  }
}

/** Before Kafka 4.3 there were no epochs: the member's own stands for them. */
function readEpochs(
  topics: ConsumerGroupCurrentMemberAssignmentValue['assignedPartitions'],
  memberEpoch: number,
): EpochAssignment {
  const result = new Map<string, Map<number, number>>()
  for (const { topicId, partitions, assignmentEpochs } of topics) {
    if (partitions.length === 0) continue
    const epochs = assignmentEpochs?.length === partitions.length ? assignmentEpochs : undefined
    result.set(
      topicId,
      new Map(partitions.map((partition, index) => [partition, epochs?.[index] ?? Math.max(memberEpoch, 0)])),
    )
  }
  return result
}

function keyOf<T>(type: number, message: Message<T>, value: Input<T>): Buffer {
  const writer = new ByteWriter()
  writer.int16(type)
  message.encode(writer, value, type)
  return writer.concat()
}

function valueOf<T>(message: Message<T>, value: Input<T> | null): Buffer | null {
  if (value === null) return null
  const writer = new ByteWriter()
  writer.int16(0)
  message.encode(writer, value, 0)
  return writer.concat()
}
