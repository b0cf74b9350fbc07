import type { Alarms } from '@odradek/coordinator'
import { KafkaError } from '@odradek/kafka-protocol'
import type { Group } from '../group.ts'
import type { GroupConfig } from '../group-config.ts'
import type { GroupRecord } from '../group-record.ts'
import type { Turn } from '../turn.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import type { TopicDirectory } from './topic-directory.ts'

/** What an event of a group of the consumer protocol has at hand. */
export interface ConsumerContext {
  readonly group: Group
  /** What is under the id later: a group of which nothing was left meanwhile is another one. */
  readonly groupNow: () => Group
  readonly config: GroupConfig
  readonly topics: TopicDirectory
  readonly alarms: Alarms<GroupRecord>
  readonly turn: Turn
}

/** The member of that id. Throws UNKNOWN_MEMBER_ID. */
export function knownMember(group: ConsumerGroup, memberId: string): ConsumerMember {
  const member = group.members.get(memberId)
  if (member === undefined) {
    throw new KafkaError('UNKNOWN_MEMBER_ID', `Member ${memberId} is not a member of group ${group.groupId}.`)
  }
  return member
}

/** The member of that instance id, which must be the one that asks. Throws UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID. */
export function knownStaticMember(
  group: ConsumerGroup,
  instanceId: string,
  memberId: string | undefined,
): ConsumerMember {
  const member = group.staticMember(instanceId)
  if (member === undefined) throw new KafkaError('UNKNOWN_MEMBER_ID', `Instance id ${instanceId} is unknown.`)
  if (memberId !== undefined && member.memberId !== memberId) {
    throw new KafkaError(
      'FENCED_INSTANCE_ID',
      `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
    )
  }
  return member
}
