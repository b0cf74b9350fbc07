import type { Assignment, OwnedPartitions } from './assignment.ts'
import type { ConsumerContext } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { isReconciledTo, membersEqual, namesEqual } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { currentRecord, epochRecord, memberRecord } from './consumer-record.ts'
import { reconcileMember } from './reconcile-member.ts'
import type { RegexChange } from './regular-expressions.ts'
import { regexChange } from './regular-expressions.ts'
import {
  isHomogeneous,
  metadataHashOf,
  regexCountsWith,
  subscribedTopicIds,
  subscriptionsWith,
} from './subscriptions.ts'
import { newTarget } from './target-assignment.ts'

/** The group's epoch and shape once `updated` stands for `before`. */
export interface UpdatedGroup {
  readonly groupEpoch: number
  readonly isHomogeneous: boolean
  readonly hasSubscriptionChanged: boolean
  readonly regex: RegexChange
}

/**
 * Step 1: the member as it says it is now. A change of what it reads, or of the topics that the group reads, begins the next epoch of the group.
 * Adds what is to be written to `records`.
 */
export function updateSubscription(
  context: ConsumerContext,
  group: ConsumerGroup,
  before: ConsumerMember,
  updated: ConsumerMember,
  records: ConsumerRecord[],
  options: { isClassic: boolean },
): UpdatedGroup {
  const { topics } = context
  const { groupId } = group
  let haveNamesChanged = false
  if (!membersEqual(before, updated)) {
    records.push(memberRecord(groupId, updated))
    haveNamesChanged = !namesEqual(before.subscribedTopicNames, updated.subscribedTopicNames)
  }
  const regex = regexChange(context, group, before, updated, records)
  const hasSubscriptionChanged = haveNamesChanged || regex.hasChanged
  // An expression that is yet to be resolved changes nothing before it is: another epoch follows then.
  let isNextEpoch = haveNamesChanged || (options.isClassic ? regex.hasChanged : regex.isResolved)
  if (!isNextEpoch && context.group.metadataVersion === topics.version) {
    const shape = isHomogeneous(group.regexCounts, group.subscriptions, group.members.size)
    return { groupEpoch: group.groupEpoch, isHomogeneous: shape, hasSubscriptionChanged, regex }
  }
  const subscriptions = subscriptionsWith(group, before, updated)
  const hash = metadataHashOf(subscriptions, topics)
  const isOld =
    group.members.has(updated.memberId) || (updated.instanceId !== null && group.staticMembers.has(updated.instanceId))
  const shape = isHomogeneous(
    regexCountsWith(group, before, updated),
    subscriptions,
    group.members.size + (isOld ? 0 : 1),
  )
  if (hash !== group.metadataHash) isNextEpoch = true
  let { groupEpoch } = group
  if (isNextEpoch) {
    groupEpoch++
    records.push(epochRecord(groupId, groupEpoch, hash))
  }
  // Should the write fail, the group's epoch stays below this one, and the next heartbeat looks again.
  context.group.metadataSeen(topics.version, groupEpoch)
  if (group.hasPartitionMetadata) records.push({ kind: 'consumer-partition-metadata', groupId, value: null })
  return { groupEpoch, isHomogeneous: shape, hasSubscriptionChanged, regex }
}

/** Step 2: the target of all members, when the group's epoch is ahead of it and the last one is not too young. */
export function updateTarget(
  context: ConsumerContext,
  group: ConsumerGroup,
  before: ConsumerMember,
  updated: ConsumerMember,
  { groupEpoch, isHomogeneous }: UpdatedGroup,
  records: ConsumerRecord[],
): { assignmentEpoch: number; target: Assignment } {
  const { config, topics, turn } = context
  const { wallMs } = turn.now
  const { assignmentIntervalMs } = config.consumer.settingsOf(group.groupId)
  const isDue =
    group.assignedMs === 0 || assignmentIntervalMs === 0 || wallMs >= group.assignedMs + assignmentIntervalMs
  if (group.assignmentEpoch >= groupEpoch || !isDue) {
    return { assignmentEpoch: group.assignmentEpoch, target: group.targetOfInstance(updated) }
  }
  const assignorName = preferredAssignor(group, before, updated) ?? config.consumer.defaultAssignor
  const target = newTarget(group, updated, { groupEpoch, isHomogeneous, assignorName, topics, wallMs })
  records.push(...target.records)
  turn.effects.note(`group ${group.groupId} has a new target assignment`, {
    epoch: groupEpoch,
    assignor: assignorName,
    members: group.members.size,
  })
  return { assignmentEpoch: groupEpoch, target: target.targetOf(updated.memberId) }
}

/** Step 3: the member's next step towards its target. */
export function reconcile(
  context: ConsumerContext,
  group: ConsumerGroup,
  member: ConsumerMember,
  { assignmentEpoch, target }: { assignmentEpoch: number; target: Assignment },
  hasSubscriptionChanged: boolean,
  owned: OwnedPartitions | null,
  records: ConsumerRecord[],
): ConsumerMember {
  if (!hasSubscriptionChanged && isReconciledTo(member, assignmentEpoch)) return member
  const topicIds = new Set(subscribedTopicIds(member, group.resolvedRegexes, context.topics))
  const updated = reconcileMember(member, {
    assignmentEpoch,
    target,
    hasSubscriptionChanged,
    isSubscribedTo: (topicId) => topicIds.has(topicId),
    ownerEpoch: (topicId, partition) => group.ownerEpoch(topicId, partition),
    owned,
  })
  if (!membersEqual(updated, member)) records.push(currentRecord(group.groupId, updated))
  return updated
}

/** The assignor that most members ask for; undefined when none asks for one. */
export function preferredAssignor(
  group: ConsumerGroup,
  before?: ConsumerMember,
  updated?: ConsumerMember,
): string | undefined {
  const counts = new Map<string, number>()
  const count = (member: ConsumerMember | undefined): void => {
    const name = member?.serverAssignor
    if (name !== null && name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  for (const member of group.members.values()) if (member.memberId !== before?.memberId) count(member)
  count(updated)
  let preferred: string | undefined
  for (const [name, votes] of counts) {
    if (preferred === undefined || votes > (counts.get(preferred) ?? 0)) preferred = name
  }
  return preferred
}
