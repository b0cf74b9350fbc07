import type { Assignment } from './assignment.ts'
import { assignmentsEqual, noPartitions } from './assignment.ts'
import type { AssignorMember } from './assignors/assignor.ts'
import { assignorNamed } from './assignors/assignors.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { targetRecord } from './consumer-record.ts'
import { subscribedTopicIds } from './subscriptions.ts'
import type { TopicDirectory } from './topic-directory.ts'

/** A new target: the records that bring it about, and what each member is to have. */
export interface NewTarget {
  readonly records: readonly ConsumerRecord[]
  readonly targetOf: (memberId: string) => Assignment
}

/** The target of all members, with `updated` as it will be, for the epoch `groupEpoch`. */
export function newTarget(
  group: ConsumerGroup,
  updated: ConsumerMember,
  options: { groupEpoch: number; isHomogeneous: boolean; assignorName: string; topics: TopicDirectory; wallMs: number },
): NewTarget {
  const { groupId } = group
  const { groupEpoch, isHomogeneous, assignorName, topics, wallMs } = options
  const members = membersWith(group, updated)
  const assigned = assignorNamed(assignorName)({
    members: members.map(({ member, target }) => assignorMember(group, member, target, topics)),
    isHomogeneous,
    partitionCountOf: (topicId) => topics.byId(topicId)?.partitionCount ?? 0,
  })
  const targetOf = (memberId: string): Assignment => assigned.get(memberId) ?? noPartitions
  const records: ConsumerRecord[] = []
  for (const { member } of members) {
    const before = group.target.get(member.memberId)
    const after = targetOf(member.memberId)
    if (before === undefined || !assignmentsEqual(before, after)) {
      records.push(targetRecord(groupId, member.memberId, after))
    }
  }
  records.push({
    kind: 'consumer-target-epoch',
    groupId,
    value: { assignmentEpoch: groupEpoch, assignedMs: wallMs },
  })
  return { records, targetOf }
}

interface MemberAndTarget {
  readonly member: ConsumerMember
  readonly target: Assignment
}

/** All members, each with its target so far, in the order of their ids. A static member inherits from the one whose place it takes. */
function membersWith(group: ConsumerGroup, updated: ConsumerMember): MemberAndTarget[] {
  const previousId = updated.instanceId === null ? undefined : group.staticMembers.get(updated.instanceId)
  const replacedId = previousId === updated.memberId ? undefined : previousId
  const members: MemberAndTarget[] = []
  for (const member of group.members.values()) {
    if (member.memberId === updated.memberId || member.memberId === replacedId) continue
    members.push({ member, target: group.targetOf(member.memberId) })
  }
  members.push({ member: updated, target: group.targetOf(replacedId ?? updated.memberId) })
  return members.sort((a, b) => (a.member.memberId < b.member.memberId ? -1 : 1))
}

function assignorMember(
  group: ConsumerGroup,
  member: ConsumerMember,
  target: Assignment,
  topics: TopicDirectory,
): AssignorMember {
  const { memberId, instanceId } = member
  return { memberId, instanceId, topicIds: subscribedTopicIds(member, group.resolvedRegexes, topics), target }
}
