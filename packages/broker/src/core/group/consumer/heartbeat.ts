import type { ReplyTo } from '@odradek/coordinator'
import { KafkaError } from '@odradek/kafka-protocol'
import { commitErrorCode } from '../write-error.ts'
import type { OwnedPartitions } from './assignment.ts'
import { epochAssignmentsEqual, isOwnedWithin, sortedPartitions } from './assignment.ts'
import type { ConsumerContext } from './consumer-context.ts'
import { knownMember, knownStaticMember } from './consumer-context.ts'
import { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { leaveEpoch, leaveStaticEpoch, newMember } from './consumer-member.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { currentRecord, memberRecord, memberTombstones, targetRecord } from './consumer-record.ts'
import { fenceMembers } from './fence-members.ts'
import { resolveRegexesSoon } from './resolve-regexes.ts'
import { reconcile, updateSubscription, updateTarget } from './update-member.ts'
import { interruptClassicGroup, upgradedGroup } from './upgrade.ts'
import { watchRevocation, watchSession } from './watch-member.ts'
import type { GroupRecord } from '../group-record.ts'

/** ConsumerGroupHeartbeat as the machine takes it; it was checked by `heartbeatFault`. */
export interface ConsumerHeartbeatRequest {
  readonly groupId: string
  readonly memberId: string
  /** 0 to join, -1 to leave, -2 to leave as a static member that will be back. */
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rackId: string | null
  /** -1: as before; likewise null below. */
  readonly rebalanceTimeoutMs: number
  readonly subscribedTopicNames: readonly string[] | null
  readonly subscribedTopicRegex: string | null
  readonly serverAssignor: string | null
  readonly owned: OwnedPartitions | null
  readonly clientId: string
  readonly clientHost: string
}

export interface ConsumerHeartbeatReply {
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly memberId: string | null
  readonly memberEpoch: number
  readonly heartbeatIntervalMs: number
  /** Null: nothing new. */
  readonly assignment: { readonly topicPartitions: { topicId: string; partitions: number[] }[] } | null
}

/**
 * ConsumerGroupHeartbeat (KIP-848): a member joins, says what it has become, takes its next step towards its target, or leaves. Throws
 * `KafkaError` for what is refused, and has done nothing then.
 */
export function consumerHeartbeat(
  context: ConsumerContext,
  request: ConsumerHeartbeatRequest,
  to: ReplyTo<ConsumerHeartbeatReply>,
): void {
  if (request.memberEpoch === leaveEpoch || request.memberEpoch === leaveStaticEpoch) leave(context, request, to)
  else keepUp(context, request, to)
}

function keepUp(
  context: ConsumerContext,
  request: ConsumerHeartbeatRequest,
  to: ReplyTo<ConsumerHeartbeatReply>,
): void {
  const { turn, config } = context
  const { groupId, memberEpoch, memberId, owned } = request
  const records: GroupRecord[] = []
  const changes: ConsumerRecord[] = []
  const isJoining = memberEpoch === 0
  const { group, isUpgraded } = groupFor(context, isJoining, records)
  if (group.members.size >= config.consumer.membersMax && !group.members.has(memberId)) {
    throw new KafkaError(
      'GROUP_MAX_SIZE_REACHED',
      `The consumer group has reached its maximum capacity of ${config.consumer.membersMax} members.`,
    )
  }
  const member = memberFor(group, request, isJoining, changes)
  const asked = withRequest(member, request)
  const state = updateSubscription(context, group, member, asked, changes, { isClassic: false })
  const target = updateTarget(context, group, member, asked, state, changes)
  const updated = reconcile(context, group, asked, target, state.hasSubscriptionChanged, owned, changes)

  if (isUpgraded) interruptClassicGroup(context)
  if (updated !== asked) watchRevocation(context, updated)
  const settings = config.consumer.settingsOf(groupId)
  watchSession(context, memberId, settings.sessionTimeoutMs)
  if (state.regex.toResolve.length > 0) resolveRegexesSoon(context, state.regex.toResolve)
  const isFull =
    request.rebalanceTimeoutMs !== -1 &&
    (request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null) &&
    owned !== null
  const isNews = isJoining || isFull || !epochAssignmentsEqual(member.assignedPartitions, updated.assignedPartitions)
  const reply: ConsumerHeartbeatReply = {
    errorCode: 0,
    errorMessage: null,
    memberId: updated.memberId,
    memberEpoch: updated.memberEpoch,
    heartbeatIntervalMs: settings.heartbeatIntervalMs,
    assignment: isNews ? { topicPartitions: sortedPartitions(updated.assignedPartitions) } : null,
  }
  turn.effects.write({
    records: [...records, ...changes],
    settled: (error, effects) => {
      if (error === undefined) effects.reply(to, reply)
      else effects.fail(to, KafkaError.of(commitErrorCode(error)))
    },
  })
}

/** The group; for who joins, one that may be new or have been a classic one. Adds what takes that away to `records`. */
function groupFor(
  context: ConsumerContext,
  isJoining: boolean,
  records: GroupRecord[],
): { group: ConsumerGroup; isUpgraded: boolean } {
  const { group: all } = context
  const { groupId, classic } = all
  if (all.consumer !== undefined) return { group: all.consumer, isUpgraded: false }
  if (!isJoining) {
    const isThere = all.saved !== undefined || !all.offsets.isEmpty || classic.state !== 'Empty'
    throw new KafkaError(
      'GROUP_ID_NOT_FOUND',
      isThere ? `Group ${groupId} is not a consumer group.` : `Consumer group ${groupId} not found.`,
    )
  }
  if (classic.state !== 'Empty') {
    const upgrade = upgradedGroup(context)
    records.push(...upgrade.records)
    return { group: upgrade.group, isUpgraded: true }
  }
  if (all.saved !== undefined) records.push({ kind: 'group', groupId, value: null })
  return { group: new ConsumerGroup(groupId), isUpgraded: true }
}

/** The member that asks; for one that joins, a new one, or the static one whose place it takes. */
function memberFor(
  group: ConsumerGroup,
  request: ConsumerHeartbeatRequest,
  isJoining: boolean,
  records: ConsumerRecord[],
): ConsumerMember {
  const { memberId, instanceId, memberEpoch, owned } = request
  if (instanceId === null) {
    const member = group.members.get(memberId) ?? (isJoining ? newMember(memberId) : knownMember(group, memberId))
    ensureEpoch(member, memberEpoch, owned)
    return member
  }
  if (!isJoining) {
    const member = knownStaticMember(group, instanceId, memberId)
    ensureEpoch(member, memberEpoch, owned)
    return member
  }
  const existing = group.staticMember(instanceId)
  if (existing === undefined) return group.members.get(memberId) ?? newMember(memberId)
  if (existing.classic === undefined && existing.memberEpoch !== leaveStaticEpoch) {
    throw new KafkaError(
      'UNRELEASED_INSTANCE_ID',
      `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is owned by ${existing.memberId} member.`,
    )
  }
  return replaceMember(group, existing, memberId, records)
}

/** The static member under a new id, at epoch 0: what it has it keeps. */
export function replaceMember(
  group: ConsumerGroup,
  existing: ConsumerMember,
  memberId: string,
  records: ConsumerRecord[],
): ConsumerMember {
  const { groupId } = group
  const member: ConsumerMember = { ...existing, memberId, memberEpoch: 0, previousMemberEpoch: 0 }
  records.push(
    ...memberTombstones(groupId, existing.memberId),
    memberRecord(groupId, member),
    targetRecord(groupId, memberId, group.targetOf(existing.memberId)),
    currentRecord(groupId, member),
  )
  return member
}

/** Throws FENCED_MEMBER_EPOCH: the member must join anew. One epoch back is all right if the answer that told it may have been lost. */
function ensureEpoch(member: ConsumerMember, memberEpoch: number, owned: OwnedPartitions | null): void {
  if (memberEpoch === 0 || memberEpoch === member.memberEpoch) return
  const isLater = memberEpoch > member.memberEpoch
  const isPrevious = memberEpoch === member.previousMemberEpoch && isOwnedWithin(owned, member.assignedPartitions)
  if (!isLater && isPrevious) return
  throw new KafkaError(
    'FENCED_MEMBER_EPOCH',
    `The consumer group member has a ${isLater ? 'greater' : 'smaller'} member epoch (${memberEpoch}) than the one known ` +
      `by the group coordinator (${member.memberEpoch}). The member must abandon all its partitions and rejoin.`,
  )
}

function withRequest(member: ConsumerMember, request: ConsumerHeartbeatRequest): ConsumerMember {
  const { subscribedTopicNames } = request
  return {
    ...member,
    instanceId: request.instanceId ?? member.instanceId,
    rackId: request.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? member.serverAssignor,
    subscribedTopicNames:
      subscribedTopicNames === null ? member.subscribedTopicNames : [...new Set(subscribedTopicNames)].sort(),
    subscribedTopicRegex: request.subscribedTopicRegex ?? member.subscribedTopicRegex,
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: undefined,
  }
}

function leave(context: ConsumerContext, request: ConsumerHeartbeatRequest, to: ReplyTo<ConsumerHeartbeatReply>): void {
  const { turn } = context
  const { groupId, memberId, instanceId, memberEpoch } = request
  const { group } = groupFor(context, false, [])
  const member = instanceId === null ? knownMember(group, memberId) : knownStaticMember(group, instanceId, memberId)
  const reply = { errorCode: 0, errorMessage: null, memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null }
  const settled: Parameters<typeof fenceMembers>[3] = (error, effects) => {
    if (error === undefined) effects.reply(to, reply)
    else effects.fail(to, KafkaError.of(commitErrorCode(error)))
  }
  if (instanceId === null || memberEpoch === leaveEpoch) {
    turn.effects.note(`member ${memberId} leaves group ${groupId}`)
    fenceMembers(context, group, [member], settled)
    return
  }
  turn.effects.note(`static member ${instanceId} leaves group ${groupId} for a while`, { memberId })
  const left: ConsumerMember = {
    ...member,
    memberEpoch: leaveStaticEpoch,
    partitionsPendingRevocation: new Map(),
    // Whoever comes back under another id counts as having had them all along.
    assignedPartitions: new Map(
      [...member.assignedPartitions].map(([topicId, partitions]) => [
        topicId,
        new Map([...partitions.keys()].map((partition) => [partition, 0])),
      ]),
    ),
  }
  turn.effects.write({ records: [currentRecord(groupId, left)], settled })
}
