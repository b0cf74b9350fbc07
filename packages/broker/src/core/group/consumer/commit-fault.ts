import { ErrorCode } from '@odradek/kafka-protocol'
import type { ConsumerGroup } from './consumer-group.ts'
import { hasPartition } from './assignment.ts'

/** Who commits: a member by its epoch, or nobody (epoch -1). */
export interface Committer {
  readonly memberId: string
  readonly generationId: number
  /** Of the request. */
  readonly apiVersion: number
}

/** An error code for each partition that is to be committed, by its topic's id. */
export type CommitFault = (topicId: string, partition: number) => number

/**
 * What is wrong with a commit to a group of the consumer protocol. A member commits at its epoch, or at an earlier one what it has had since
 * then (KIP-1251), so that a commit that was under way while its epoch moved counts.
 */
export function commitFault(group: ConsumerGroup, { memberId, generationId, apiVersion }: Committer): CommitFault {
  const all =
    (code: number): CommitFault =>
    () =>
      code
  if (generationId < 0 && group.isEmpty) return all(ErrorCode.NONE)
  const member = group.members.get(memberId)
  if (member === undefined) return all(ErrorCode.UNKNOWN_MEMBER_ID)
  if (member.classic === undefined && apiVersion < 9) return all(ErrorCode.UNSUPPORTED_VERSION)
  if (generationId === member.memberEpoch) return all(ErrorCode.NONE)
  const stale = member.classic === undefined ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION
  if (generationId > member.memberEpoch) return all(stale)
  return (topicId, partition) => {
    const held = [member.assignedPartitions, member.partitionsPendingRevocation].find((assignment) =>
      hasPartition(assignment, topicId, partition),
    )
    const sinceEpoch = held?.get(topicId)?.get(partition)
    return sinceEpoch === undefined || generationId < sinceEpoch ? stale : ErrorCode.NONE
  }
}

/** What is wrong with a fetch of offsets in the name of a member; an id of null with an epoch below 0 is nobody. */
export function fetchFault(group: ConsumerGroup, memberId: string | null, memberEpoch: number): number {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE
  const member = memberId === null ? undefined : group.members.get(memberId)
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
  if (memberEpoch === member.memberEpoch) return ErrorCode.NONE
  return member.classic === undefined ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION
}
