import { KafkaError } from '@odradek/kafka-protocol'
import type { Assignment, EpochAssignment, OwnedPartitions } from './assignment.ts'
import { noEpochPartitions } from './assignment.ts'
import type { ConsumerMember } from './consumer-member.ts'

/** What decides how far a member can go towards its target now. */
export interface Reconciliation {
  readonly assignmentEpoch: number
  readonly target: Assignment
  readonly hasSubscriptionChanged: boolean
  /** By topic id: whether the member subscribes to the topic, which must exist. */
  readonly isSubscribedTo: (topicId: string) => boolean
  /** Epoch of the member that holds a partition, -1 when it is free. */
  readonly ownerEpoch: (topicId: string, partition: number) => number
  /** What the member says it owns; null when it does not say. */
  readonly owned: OwnedPartitions | null
}

/**
 * The next step of a member towards its target (KIP-848, reconciliation): first it gives up what it is not to have and stays in its epoch
 * until it says that it has; then it comes to the epoch of the target and gets what is free; what others still hold follows later.
 * Returns the same object when nothing changes. Throws FENCED_MEMBER_EPOCH for a member in a state of a later version that owns something.
 */
export function reconcileMember(member: ConsumerMember, by: Reconciliation): ConsumerMember {
  switch (member.state) {
    case 'stable':
      if (member.memberEpoch !== by.assignmentEpoch) return nextStep(member, member.memberEpoch, by)
      return by.hasSubscriptionChanged ? dropUnsubscribed(member, by) : member
    case 'unrevoked-partitions':
      if (!owns(by.owned, member.partitionsPendingRevocation)) return nextStep(member, member.memberEpoch, by)
      return by.hasSubscriptionChanged ? dropUnsubscribed(member, by) : member
    case 'unreleased-partitions':
      return nextStep(member, member.memberEpoch, by)
    case 'unknown':
      if (by.owned === null || by.owned.length > 0) {
        throw new KafkaError(
          'FENCED_MEMBER_EPOCH',
          'The member is in a state that this coordinator does not know. It must give up all partitions and join again.',
        )
      }
      return nextStep(member, by.assignmentEpoch, by)
  }
}

/** Whether the member may still own some of the partitions: it does unless it says otherwise. */
function owns(owned: OwnedPartitions | null, assignment: EpochAssignment): boolean {
  if (owned === null) return true
  return owned.some(({ topicId, partitions }) => {
    const pending = assignment.get(topicId)
    return pending !== undefined && partitions.some((partition) => pending.has(partition))
  })
}

/** The member stays where it is, but must give up what it has of topics that it does not subscribe to any more. */
function dropUnsubscribed(member: ConsumerMember, by: Reconciliation): ConsumerMember {
  const kept: [string, ReadonlyMap<number, number>][] = []
  const pending = new Map(member.partitionsPendingRevocation)
  for (const [topicId, partitions] of member.assignedPartitions) {
    if (by.isSubscribedTo(topicId)) kept.push([topicId, partitions])
    else pending.set(topicId, new Map([...(pending.get(topicId) ?? []), ...partitions]))
  }
  if (kept.length === member.assignedPartitions.size) return member
  const assignedPartitions = new Map(kept)
  const at = { memberEpoch: member.memberEpoch, previousMemberEpoch: member.memberEpoch }
  if (pending.size > 0 && owns(by.owned, pending)) {
    return {
      ...member,
      ...at,
      state: 'unrevoked-partitions',
      assignedPartitions,
      partitionsPendingRevocation: pending,
    }
  }
  return { ...member, ...at, assignedPartitions }
}

function nextStep(member: ConsumerMember, memberEpoch: number, by: Reconciliation): ConsumerMember {
  const assigned = new Map<string, Map<number, number>>()
  const toRevoke = new Map<string, Map<number, number>>()
  const free: [topicId: string, partition: number][] = []
  let hasUnreleased = false
  const put = (into: Map<string, Map<number, number>>, topicId: string, partition: number, epoch: number): void => {
    const partitions = into.get(topicId) ?? new Map<number, number>()
    into.set(topicId, partitions.set(partition, epoch))
  }
  for (const [topicId, partitions] of member.assignedPartitions) {
    const target = by.isSubscribedTo(topicId) ? by.target.get(topicId) : undefined
    for (const [partition, epoch] of partitions) {
      put(target?.has(partition) === true ? assigned : toRevoke, topicId, partition, epoch)
    }
  }
  for (const [topicId, partitions] of by.target) {
    if (!by.isSubscribedTo(topicId)) continue
    for (const partition of partitions) {
      if (member.assignedPartitions.get(topicId)?.has(partition) === true) continue
      // What the member itself is about to give up is its own again at once.
      const isOwn = member.partitionsPendingRevocation.get(topicId)?.has(partition) === true
      if (isOwn || by.ownerEpoch(topicId, partition) === -1) free.push([topicId, partition])
      else hasUnreleased = true
    }
  }
  if (toRevoke.size > 0 && owns(by.owned, toRevoke)) {
    return {
      ...member,
      state: 'unrevoked-partitions',
      memberEpoch,
      previousMemberEpoch: member.memberEpoch,
      assignedPartitions: assigned,
      partitionsPendingRevocation: toRevoke,
    }
  }
  for (const [topicId, partition] of free) put(assigned, topicId, partition, by.assignmentEpoch)
  return {
    ...member,
    state: hasUnreleased ? 'unreleased-partitions' : 'stable',
    memberEpoch: by.assignmentEpoch,
    previousMemberEpoch: member.memberEpoch,
    assignedPartitions: assigned,
    partitionsPendingRevocation: noEpochPartitions,
  }
}
