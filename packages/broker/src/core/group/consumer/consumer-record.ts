import type { Assignment } from './assignment.ts'
import type { ConsumerMember } from './consumer-member.ts'

/** What a record of a member's metadata holds of it. */
export type SavedConsumerMember = Pick<
  ConsumerMember,
  | 'instanceId'
  | 'rackId'
  | 'rebalanceTimeoutMs'
  | 'clientId'
  | 'clientHost'
  | 'subscribedTopicNames'
  | 'subscribedTopicRegex'
  | 'serverAssignor'
  | 'classic'
>

/** What a record of a member's current assignment holds of it. */
export type SavedMemberAssignment = Pick<
  ConsumerMember,
  'memberEpoch' | 'previousMemberEpoch' | 'state' | 'assignedPartitions' | 'partitionsPendingRevocation'
>

/** The topics that a regular expression stands for. */
export interface ResolvedRegex {
  /** Sorted. */
  readonly topics: readonly string[]
  /** Of the topics that were looked through. */
  readonly version: number
  readonly resolvedMs: number
}

/** The records of a group of the consumer protocol (KIP-848), by Kafka's key types 3 to 8 and 16; a null value takes the key away. */
export type ConsumerRecord = { readonly groupId: string } & (
  | {
      readonly kind: 'consumer-group'
      readonly value: { readonly epoch: number; readonly metadataHash: bigint } | null
    }
  /** Kafka before 4.1 wrote it; it is only ever taken away. */
  | { readonly kind: 'consumer-partition-metadata'; readonly value: Record<never, never> | null }
  | { readonly kind: 'consumer-member'; readonly memberId: string; readonly value: SavedConsumerMember | null }
  | {
      readonly kind: 'consumer-target-epoch'
      readonly value: { readonly assignmentEpoch: number; readonly assignedMs: number } | null
    }
  | { readonly kind: 'consumer-target'; readonly memberId: string; readonly value: Assignment | null }
  | { readonly kind: 'consumer-current'; readonly memberId: string; readonly value: SavedMemberAssignment | null }
  | { readonly kind: 'consumer-regex'; readonly regex: string; readonly value: ResolvedRegex | null }
)

export function isConsumerRecord<Other extends { readonly kind: string }>(
  record: ConsumerRecord | Other,
): record is ConsumerRecord {
  return record.kind.startsWith('consumer-')
}

export function memberRecord(groupId: string, member: ConsumerMember): ConsumerRecord {
  const { memberId, instanceId, rackId, rebalanceTimeoutMs, clientId, clientHost } = member
  const { subscribedTopicNames, subscribedTopicRegex, serverAssignor, classic } = member
  return {
    kind: 'consumer-member',
    groupId,
    memberId,
    value: {
      instanceId,
      rackId,
      rebalanceTimeoutMs,
      clientId,
      clientHost,
      subscribedTopicNames,
      subscribedTopicRegex,
      serverAssignor,
      classic,
    },
  }
}

export function currentRecord(groupId: string, member: ConsumerMember): ConsumerRecord {
  const { memberId, memberEpoch, previousMemberEpoch, state, assignedPartitions, partitionsPendingRevocation } = member
  return {
    kind: 'consumer-current',
    groupId,
    memberId,
    value: { memberEpoch, previousMemberEpoch, state, assignedPartitions, partitionsPendingRevocation },
  }
}

export function targetRecord(groupId: string, memberId: string, value: Assignment): ConsumerRecord {
  return { kind: 'consumer-target', groupId, memberId, value }
}

export function epochRecord(groupId: string, epoch: number, metadataHash: bigint): ConsumerRecord {
  return { kind: 'consumer-group', groupId, value: { epoch, metadataHash } }
}

/** What takes a member away. The order is Kafka's, which refuses another at replay. */
export function memberTombstones(groupId: string, memberId: string): ConsumerRecord[] {
  return [
    { kind: 'consumer-current', groupId, memberId, value: null },
    { kind: 'consumer-target', groupId, memberId, value: null },
    { kind: 'consumer-member', groupId, memberId, value: null },
  ]
}

/** What takes a whole group away, with the members of these ids and the regular expressions. */
export function consumerGroupTombstones(
  groupId: string,
  memberIds: readonly string[],
  regexes: Iterable<string>,
): ConsumerRecord[] {
  return [
    ...memberIds.map((memberId): ConsumerRecord => ({ kind: 'consumer-current', groupId, memberId, value: null })),
    ...memberIds.map((memberId): ConsumerRecord => ({ kind: 'consumer-target', groupId, memberId, value: null })),
    { kind: 'consumer-target-epoch', groupId, value: null },
    ...memberIds.map((memberId): ConsumerRecord => ({ kind: 'consumer-member', groupId, memberId, value: null })),
    ...[...regexes].map((regex): ConsumerRecord => ({ kind: 'consumer-regex', groupId, regex, value: null })),
    { kind: 'consumer-partition-metadata', groupId, value: null },
    { kind: 'consumer-group', groupId, value: null },
  ]
}
