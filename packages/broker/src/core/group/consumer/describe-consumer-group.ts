import type { Assignment, EpochAssignment } from './assignment.ts'
import { sortedPartitions } from './assignment.ts'
import type { ConsumerGroup, ConsumerGroupState } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import type { TopicDirectory } from './topic-directory.ts'
import { preferredAssignor } from './update-member.ts'

export interface DescribedPartitions {
  readonly topicPartitions: { readonly topicId: string; readonly topicName: string; readonly partitions: number[] }[]
}

/** A group as ConsumerGroupDescribe shows it. */
export interface ConsumerGroupDescription {
  readonly groupState: ConsumerGroupState
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly assignorName: string
  readonly members: readonly {
    readonly memberId: string
    readonly instanceId: string | null
    readonly rackId: string | null
    readonly memberEpoch: number
    readonly clientId: string
    readonly clientHost: string
    readonly subscribedTopicNames: string[]
    readonly subscribedTopicRegex: string | null
    readonly assignment: DescribedPartitions
    readonly targetAssignment: DescribedPartitions
    /** 0: speaks the classic protocol; 1: the consumer protocol. */
    readonly memberType: number
  }[]
}

export function describeConsumerGroup(
  group: ConsumerGroup,
  topics: TopicDirectory,
  defaultAssignor: string,
): ConsumerGroupDescription {
  return {
    groupState: group.state,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: preferredAssignor(group) ?? defaultAssignor,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames],
      subscribedTopicRegex: member.subscribedTopicRegex,
      assignment: described(heldBy(member), topics),
      targetAssignment: described(group.targetOf(member.memberId), topics),
      memberType: member.classic === undefined ? 1 : 0,
    })),
  }
}

/** What it has, and what it is still to give up: until then it is its own. */
function heldBy({ assignedPartitions, partitionsPendingRevocation }: ConsumerMember): EpochAssignment {
  const held = new Map(assignedPartitions)
  for (const [topicId, partitions] of partitionsPendingRevocation) {
    held.set(topicId, new Map([...(held.get(topicId) ?? []), ...partitions]))
  }
  return held
}

function described(assignment: Assignment | EpochAssignment, topics: TopicDirectory): DescribedPartitions {
  const topicPartitions = sortedPartitions(assignment).flatMap(({ topicId, partitions }) => {
    const topic = topics.byId(topicId)
    return topic === undefined ? [] : [{ topicId, topicName: topic.name, partitions }]
  })
  return { topicPartitions }
}
