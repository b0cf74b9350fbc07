import { ByteReader, ByteWriter } from '@odradek/base'
import { consumerProtocolAssignment } from '@odradek/kafka-protocol/messages/consumer-protocol-assignment'
import type { ConsumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import { consumerProtocolSubscription } from '@odradek/kafka-protocol/messages/consumer-protocol-subscription'
import type { Assignment, EpochAssignment, OwnedPartitions } from './assignment.ts'
import { sortedPartitions } from './assignment.ts'
import type { TopicDirectory } from './topic-directory.ts'

/** The highest version of what consumers of the classic protocol tell each other; later ones begin as it does. */
const versionMax = 3

/** Throws `DecodeError`. */
export function decodeSubscription(metadata: Buffer): ConsumerProtocolSubscription {
  const reader = new ByteReader(metadata)
  return consumerProtocolSubscription.decode(reader, usableVersion(reader.int16()))
}

/** The partitions of topics that exist, and whether the leader has put data of its own in. Throws `DecodeError`. */
export function decodeAssignment(
  bytes: Buffer,
  topics: TopicDirectory,
): { partitions: Assignment; hasUserData: boolean } {
  if (bytes.length === 0) return { partitions: new Map(), hasUserData: false }
  const reader = new ByteReader(bytes)
  const { assignedPartitions, userData } = consumerProtocolAssignment.decode(reader, usableVersion(reader.int16()))
  const partitions = new Map<string, Set<number>>()
  for (const { topic, partitions: numbers } of assignedPartitions) {
    const found = topics.byName(topic)
    if (found !== undefined && numbers.length > 0) partitions.set(found.topicId, new Set(numbers))
  }
  return { partitions, hasUserData: userData !== null && userData.length > 0 }
}

/** An assignment in the version of the subscription `metadata`. */
export function encodeAssignment(
  assignment: Assignment | EpochAssignment,
  metadata: Buffer,
  topics: TopicDirectory,
): Buffer {
  const version = usableVersion(new ByteReader(metadata).int16())
  const writer = new ByteWriter()
  writer.int16(version)
  const assignedPartitions = sortedPartitions(assignment).flatMap(({ topicId, partitions }) => {
    const topic = topics.byId(topicId)
    return topic === undefined ? [] : [{ topic: topic.name, partitions }]
  })
  consumerProtocolAssignment.encode(writer, { assignedPartitions }, version)
  return writer.concat()
}

/** What a member says it owns, of topics that exist. */
export function ownedOf({ ownedPartitions }: ConsumerProtocolSubscription, topics: TopicDirectory): OwnedPartitions {
  return ownedPartitions.flatMap(({ topic, partitions }) => {
    const found = topics.byName(topic)
    return found === undefined ? [] : [{ topicId: found.topicId, partitions }]
  })
}

function usableVersion(version: number): number {
  return Math.max(0, Math.min(version, versionMax))
}
