// What the members of a classic group tell each other through JoinGroup and SyncGroup: an int16 version, then the message.
import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import { partitionsByTopic, partitionsOf } from './topic-partition.ts'
import type { TopicPartition } from './topic-partition.ts'

export interface Subscription {
  readonly topics: readonly string[]
  readonly ownedPartitions: readonly TopicPartition[]
  /** Of the owned partitions; -1 for none. */
  readonly generationId: number
  readonly rackId?: string | undefined
  readonly userData: Buffer | null
}

export interface Assignment {
  readonly partitions: readonly TopicPartition[]
  readonly userData: Buffer | null
}

/** Version 3, which older readers can read: they stop where what they know ends. Topics and partitions in order, as Java's members write them. */
export function encodeSubscription(subscription: Subscription): Buffer {
  const { userData, generationId, rackId = null } = subscription
  const version = consumerProtocolSubscription.maxVersion
  const writer = new ByteWriter()
  writer.int16(version)
  const topics = subscription.topics.toSorted()
  const ownedPartitions = partitionsByTopic(subscription.ownedPartitions)
  consumerProtocolSubscription.encode(writer, { topics, userData, ownedPartitions, generationId, rackId }, version)
  return writer.concat()
}

/** Throws `DecodeError`. What a newer version adds at the end is passed over. */
export function decodeSubscription(bytes: Buffer): Subscription {
  const reader = new ByteReader(bytes)
  const version = versionOf(reader, consumerProtocolSubscription.maxVersion)
  const { ownedPartitions, rackId, ...rest } = consumerProtocolSubscription.decode(reader, version)
  return { ...rest, ownedPartitions: partitionsOf(ownedPartitions), rackId: rackId ?? undefined }
}

export function encodeAssignment(assignment: Assignment): Buffer {
  const version = consumerProtocolAssignment.maxVersion
  const writer = new ByteWriter()
  writer.int16(version)
  const assignedPartitions = partitionsByTopic(assignment.partitions)
  consumerProtocolAssignment.encode(writer, { assignedPartitions, userData: assignment.userData }, version)
  return writer.concat()
}

/** Empty bytes are an empty assignment: a leader may leave a member out. Throws `DecodeError`. */
export function decodeAssignment(bytes: Buffer): Assignment {
  if (bytes.length === 0) return { partitions: [], userData: null }
  const reader = new ByteReader(bytes)
  const version = versionOf(reader, consumerProtocolAssignment.maxVersion)
  const { assignedPartitions, userData } = consumerProtocolAssignment.decode(reader, version)
  return { partitions: partitionsOf(assignedPartitions), userData }
}

function versionOf(reader: ByteReader, newest: number): number {
  const version = reader.int16()
  if (version < 0) throw new DecodeError('MALFORMED', `version ${version} of the consumer protocol`)
  return Math.min(version, newest)
}
