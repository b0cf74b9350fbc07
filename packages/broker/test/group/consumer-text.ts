import type { Assignment, EpochAssignment } from '../../src/core/group/consumer/assignment.ts'
import { sortedPartitions } from '../../src/core/group/consumer/assignment.ts'
import type { ConsumerRecord } from '../../src/core/group/consumer/consumer-record.ts'
import type { ConsumerGroupDescription } from '../../src/core/group/consumer/describe-consumer-group.ts'
import type { ConsumerHeartbeatReply, ConsumerHeartbeatRequest } from '../../src/core/group/consumer/heartbeat.ts'
import type { Arguments } from './arguments.ts'
import { idOfTopic } from './test-topics.ts'

/** The words of a `beat` as the request that they stand for: a member that joins says everything, another only what has changed. */
export function consumerHeartbeatOf(groupId: string, args: Arguments): ConsumerHeartbeatRequest {
  const memberEpoch = args.integer('epoch')
  const topics = args.optional('topics')
  const regex = args.optional('regex') ?? null
  const owned = args.optional('owned')
  const isJoining = memberEpoch === 0
  return {
    groupId,
    memberId: args.optional('member') ?? '',
    memberEpoch,
    instanceId: args.optional('instance') ?? null,
    rackId: null,
    rebalanceTimeoutMs: args.optionalInteger('rebalance') ?? (isJoining ? 60_000 : -1),
    subscribedTopicNames: topics !== undefined ? topics.split('+') : isJoining && regex === null ? ['t'] : null,
    subscribedTopicRegex: regex,
    serverAssignor: args.optional('assignor') ?? null,
    owned: owned !== undefined ? ownedOf(owned) : isJoining ? [] : null,
    clientId: 'c',
    clientHost: '/10.0.0.9',
  }
}

/** `t:0+1,u:2`, or `-` for nothing. */
function ownedOf(text: string): { topicId: string; partitions: number[] }[] {
  if (text === '-') return []
  return text.split(',').map((topic) => {
    const [name = '', numbers = ''] = topic.split(':')
    return { topicId: idOfTopic(name), partitions: numbers.split('+').map(Number) }
  })
}

export function showConsumerReply({ memberEpoch, assignment }: ConsumerHeartbeatReply): string {
  const assigned = assignment === null ? '' : ` assignment=${showTopics(assignment.topicPartitions)}`
  return `epoch=${memberEpoch}${assigned}`
}

export function showConsumerGroup(group: ConsumerGroupDescription): string[] {
  const { groupState, groupEpoch, assignmentEpoch, assignorName } = group
  return [
    `${groupState} epoch=${groupEpoch} assignment-epoch=${assignmentEpoch} assignor=${assignorName}`,
    ...group.members.map((member) => {
      const { memberId, memberEpoch, assignment, targetAssignment, memberType } = member
      const has = showTopics(assignment.topicPartitions)
      const target = showTopics(targetAssignment.topicPartitions)
      return `  ${memberId}${memberType === 0 ? ' (classic)' : ''} epoch=${memberEpoch} has=${has} target=${target}`
    }),
  ]
}

export function showConsumerRecord(record: ConsumerRecord): string {
  const { kind, groupId } = record
  const of = 'memberId' in record ? ` ${record.memberId}` : 'regex' in record ? ` ${record.regex}` : ''
  return `${kind} ${groupId}${of} ${record.value === null ? 'removed' : showValue(record)}`
}

function showValue(record: ConsumerRecord): string {
  switch (record.kind) {
    case 'consumer-group':
      return `epoch=${record.value?.epoch}`
    case 'consumer-member': {
      const { instanceId = null, subscribedTopicNames, subscribedTopicRegex, classic } = record.value ?? {}
      const regex = (subscribedTopicRegex ?? '') === '' ? '' : ` regex=${subscribedTopicRegex}`
      const instance = instanceId === null ? '' : ` instance=${instanceId}`
      return `topics=${subscribedTopicNames?.join('+')}${regex}${instance}${classic === undefined ? '' : ' classic'}`
    }
    case 'consumer-target-epoch':
      return `epoch=${record.value?.assignmentEpoch}`
    case 'consumer-target':
      return record.value === null ? '' : showAssignment(record.value)
    case 'consumer-current': {
      const { memberEpoch, previousMemberEpoch, state, assignedPartitions, partitionsPendingRevocation } =
        record.value ?? {}
      const pending = partitionsPendingRevocation ?? new Map<string, ReadonlyMap<number, number>>()
      const revoking = pending.size === 0 ? '' : ` revoking=${showAssignment(pending)}`
      return `epoch=${memberEpoch} before=${previousMemberEpoch} ${state} has=${showAssignment(assignedPartitions ?? new Map())}${revoking}`
    }
    case 'consumer-regex':
      return `topics=${record.value?.topics.join('+')}`
    case 'consumer-partition-metadata':
      return ''
  }
}

function showAssignment(assignment: Assignment | EpochAssignment): string {
  return showTopics(sortedPartitions(assignment))
}

/** `t:0+1`; with `-` for nothing. */
function showTopics(topics: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]): string {
  if (topics.length === 0) return '-'
  return topics.map(({ topicId, partitions }) => `${topicId.replace(/-*A$/, '')}:${partitions.join('+')}`).join(',')
}
