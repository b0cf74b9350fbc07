import { DecodeError } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { ClassicGroup } from '../classic/classic-group.ts'
import type { ClassicMember } from '../classic/classic-member.ts'
import { metadataOf } from '../classic/classic-member.ts'
import { joinError, syncError } from '../classic/classic-messages.ts'
import { replyToJoin, replyToSync } from '../classic/member-replies.ts'
import { consumerProtocolType } from '../classic/subscribed-topics.ts'
import type { GroupRecord } from '../group-record.ts'
import type { Assignment } from './assignment.ts'
import { withEpoch } from './assignment.ts'
import type { ConsumerContext } from './consumer-context.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { newMember } from './consumer-member.ts'
import { decodeAssignment, decodeSubscription } from './consumer-protocol.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { currentRecord, epochRecord, memberRecord, targetRecord } from './consumer-record.ts'
import { metadataHashOf } from './subscriptions.ts'
import { watchSession } from './watch-member.ts'

/**
 * A classic group with members as a group of the consumer protocol (KIP-848, online upgrade): each member has as target and as its own what
 * its leader assigned it. Gives the records that make it so, and the group as it is when they are replayed. Throws GROUP_ID_NOT_FOUND when
 * the group cannot be moved.
 */
export function upgradedGroup(context: ConsumerContext): {
  group: ConsumerGroup
  records: GroupRecord[]
} {
  const { group: all, config, topics } = context
  const { groupId, classic } = all
  const refused = (why: string): KafkaError =>
    new KafkaError('GROUP_ID_NOT_FOUND', `Cannot upgrade classic group ${groupId} to consumer group because ${why}.`)
  if (!config.consumer.migration.upgrade) throw refused('online upgrade is disabled')
  if (classic.protocolType !== consumerProtocolType || classic.members.size === 0) {
    throw refused('the group does not use the consumer embedded protocol')
  }
  if (classic.members.size > config.consumer.membersMax) {
    throw refused('the group size exceeds the consumer group maximum size')
  }
  const protocolName = classic.protocolName ?? classic.selectProtocol() ?? ''
  let moved: { member: ConsumerMember; target: Assignment }[]
  try {
    moved = [...classic.members.values()].map((member) => {
      const { partitions, hasUserData } = decodeAssignment(member.assignment, topics)
      if (hasUserData) {
        throw refused(
          'an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade',
        )
      }
      return { member: movedMember(classic, member, protocolName, partitions), target: partitions }
    })
  } catch (error) {
    if (error instanceof DecodeError) throw refused('the embedded consumer protocol is malformed')
    throw error
  }
  const { generation } = classic
  const group = new ConsumerGroup(groupId)
  const members: ConsumerRecord[] = moved.map(({ member }) => memberRecord(groupId, member))
  for (const record of members) group.replay(record)
  const rest: ConsumerRecord[] = [
    epochRecord(groupId, generation, metadataHashOf(group.subscriptions, topics)),
    ...moved.map(({ member, target }) => targetRecord(groupId, member.memberId, target)),
    { kind: 'consumer-target-epoch', groupId, value: { assignmentEpoch: generation, assignedMs: 0 } },
    ...moved.map(({ member }) => currentRecord(groupId, member)),
  ]
  for (const record of rest) group.replay(record)
  return { group, records: [{ kind: 'group', groupId, value: null }, ...members, ...rest] }
}

function movedMember(
  { generation }: ClassicGroup,
  member: ClassicMember,
  protocolName: string,
  assigned: Assignment,
): ConsumerMember {
  const subscription = decodeSubscription(metadataOf(member, protocolName))
  return {
    ...newMember(member.memberId),
    memberEpoch: generation,
    previousMemberEpoch: generation,
    instanceId: member.groupInstanceId,
    rackId: subscription.rackId,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...new Set(subscription.topics)].sort(),
    assignedPartitions: withEpoch(assigned, generation),
    classic: { sessionTimeoutMs: member.sessionTimeoutMs, supportedProtocols: member.protocols },
  }
}

/** The classic group is about to end: whoever waits in it is told to join again, and its members' sessions go on. */
export function interruptClassicGroup(context: ConsumerContext): void {
  const { turn } = context
  const { classic, groupId } = context.group
  if (classic.members.size > 0) turn.effects.note(`group ${groupId} moves to the consumer protocol`)
  for (const member of classic.members.values()) {
    replyToJoin(classic, turn, member, joinError(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId))
    replyToSync(turn, member, syncError(ErrorCode.REBALANCE_IN_PROGRESS))
    watchSession(context, member.memberId, member.sessionTimeoutMs)
  }
}
