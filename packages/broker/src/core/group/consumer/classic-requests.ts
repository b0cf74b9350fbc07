import type { ReplyTo } from '@odradek/coordinator'
import { DecodeError } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  HeartbeatRequest,
  JoinReply,
  JoinRequest,
  LeaveReply,
  LeavingMember,
  SyncReply,
  SyncRequest,
} from '../classic/classic-messages.ts'
import { joinError, syncError } from '../classic/classic-messages.ts'
import { copyProtocols } from '../classic/classic-protocol.ts'
import { consumerProtocolType } from '../classic/subscribed-topics.ts'
import { saveGroupErrorCode } from '../write-error.ts'
import type { ConsumerContext } from './consumer-context.ts'
import { knownMember, knownStaticMember } from './consumer-context.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ClassicMemberMetadata, ConsumerMember } from './consumer-member.ts'
import { newMember } from './consumer-member.ts'
import { decodeSubscription, encodeAssignment, ownedOf } from './consumer-protocol.ts'
import type { ConsumerRecord } from './consumer-record.ts'
import { canDowngradeReplacing, downgrade } from './downgrade.ts'
import { fenceMembers } from './fence-members.ts'
import { replaceMember } from './heartbeat.ts'
import { resolveRegexesSoon } from './resolve-regexes.ts'
import { reconcile, updateSubscription, updateTarget } from './update-member.ts'
import { watchJoin, watchSession, watchSync } from './watch-member.ts'

/**
 * JoinGroup of a member that speaks the classic protocol, to a group of the consumer protocol with members: it is a member like the others, its
 * generation is its epoch, and a step towards its target that others take by heartbeats it takes by joining again.
 */
export function joinConsumerGroup(
  context: ConsumerContext,
  group: ConsumerGroup,
  request: JoinRequest,
  to: ReplyTo<JoinReply>,
): void {
  const { turn, config, topics } = context
  const { groupInstanceId, protocolType, protocols } = request
  const isNew = request.memberId === ''
  const memberId = isNew ? request.newMemberIdSuffix : request.memberId
  const refuse = (code: number): void => turn.effects.reply(to, joinError(code, request.memberId))
  if (config.consumer.migration.isDisabled) return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  if (group.members.size >= config.consumer.membersMax && !group.members.has(memberId)) {
    return refuse(ErrorCode.GROUP_MAX_SIZE_REACHED)
  }
  const names = protocols.map(({ name }) => name)
  if (!group.supportsClassicProtocols(protocolType, names)) return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  if (isNew && request.requireKnownMemberId && groupInstanceId === null) {
    turn.effects.reply(to, joinError(ErrorCode.MEMBER_ID_REQUIRED, memberId))
    return
  }
  const [first] = protocols
  const subscription = first === undefined ? undefined : readSubscription(first.metadata)
  if (first === undefined || subscription === undefined) return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)

  const records: ConsumerRecord[] = []
  const existing = group.staticMember(groupInstanceId)
  const member = joiningMember(group, memberId, groupInstanceId, isNew, records)
  const isDowngrade = existing !== undefined && canDowngradeReplacing(context, group, existing)
  const metadata: ClassicMemberMetadata = {
    sessionTimeoutMs: request.sessionTimeoutMs,
    supportedProtocols: copyProtocols(protocols),
  }
  const asked: ConsumerMember = {
    ...member,
    instanceId: groupInstanceId ?? member.instanceId,
    rackId: subscription.rackId ?? member.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
    subscribedTopicNames: [...new Set(subscription.topics)].sort(),
    subscribedTopicRegex: '',
    clientId: request.clientId,
    clientHost: request.clientHost,
    classic: metadata,
  }
  const owned = ownedOf(subscription, topics)
  const state = updateSubscription(context, group, member, asked, records, { isClassic: true })
  const isStale = group.assignmentEpoch < state.groupEpoch
  const lastTarget = { assignmentEpoch: group.assignmentEpoch, target: group.targetOfInstance(asked) }
  const target = isDowngrade ? lastTarget : updateTarget(context, group, member, asked, state, records)
  const updated =
    isDowngrade && isStale
      ? asked
      : reconcile(context, group, asked, target, state.hasSubscriptionChanged, owned, records)

  if (state.regex.toResolve.length > 0 && !isDowngrade) resolveRegexesSoon(context, state.regex.toResolve)
  const reply: JoinReply = {
    errorCode: ErrorCode.NONE,
    memberId: updated.memberId,
    generationId: updated.memberEpoch,
    protocolType: consumerProtocolType,
    protocolName: first.name,
    leader: '',
    skipAssignment: false,
    members: [],
  }
  const settled: Parameters<typeof fenceMembers>[3] = (error, effects, now) => {
    if (error !== undefined) {
      effects.reply(to, joinError(saveGroupErrorCode(error), request.memberId))
      return
    }
    const later = { ...context, turn: { effects, now } }
    context.group.timers.cancel('join', updated.memberId)
    if (context.group.consumer?.members.has(updated.memberId) === true) {
      watchSession(later, updated.memberId, request.sessionTimeoutMs)
      watchSync(later, updated.memberId, request.rebalanceTimeoutMs)
    }
    effects.reply(to, reply)
  }
  if (isDowngrade) {
    const reason = isStale ? { rebalanceReason: 'it goes back to the classic protocol with a stale assignment' } : {}
    downgrade(context, group, { leaving: [], joining: updated, before: records, settled, ...reason })
  } else {
    turn.effects.write({ records, settled })
  }
}

function readSubscription(metadata: Buffer): ReturnType<typeof decodeSubscription> | undefined {
  try {
    return decodeSubscription(metadata)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function joiningMember(
  group: ConsumerGroup,
  memberId: string,
  instanceId: string | null,
  isNew: boolean,
  records: ConsumerRecord[],
): ConsumerMember {
  if (instanceId === null) return group.members.get(memberId) ?? newMember(memberId)
  if (!isNew) return knownStaticMember(group, instanceId, memberId)
  const existing = group.staticMember(instanceId)
  return existing === undefined ? newMember(memberId) : replaceMember(group, existing, memberId, records)
}

/** SyncGroup of a classic member: what it has now. There is no leader to wait for. */
export function syncConsumerGroup(
  context: ConsumerContext,
  group: ConsumerGroup,
  request: SyncRequest,
  to: ReplyTo<SyncReply>,
): void {
  const { turn, topics } = context
  const { member, classic } = classicMember(group, request)
  ensureGeneration(member, request.generationId)
  const [first] = classic.supportedProtocols
  const isConsistent =
    (request.protocolType === null || request.protocolType === consumerProtocolType) &&
    (request.protocolName === null || request.protocolName === first?.name)
  if (!isConsistent) throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
  // Whoever is to give something up has joined already and does that first.
  if (group.assignmentEpoch > member.memberEpoch && member.state !== 'unrevoked-partitions') {
    watchJoin(context, member)
    turn.effects.reply(to, syncError(ErrorCode.REBALANCE_IN_PROGRESS))
    return
  }
  const assignment = encodeAssignment(member.assignedPartitions, first?.metadata ?? Buffer.alloc(2), topics)
  turn.effects.write({
    records: [],
    settled: (error, effects, now) => {
      if (error !== undefined) {
        effects.reply(to, syncError(saveGroupErrorCode(error)))
        return
      }
      context.group.timers.cancel('sync', member.memberId)
      watchSession({ ...context, turn: { effects, now } }, member.memberId, classic.sessionTimeoutMs)
      const { protocolType, protocolName } = request
      effects.reply(to, { errorCode: ErrorCode.NONE, protocolType, protocolName, assignment })
    },
  })
}

/** Heartbeat of a classic member: REBALANCE_IN_PROGRESS when joining again would bring it on. Gives an error code. */
export function heartbeatConsumerGroup(
  context: ConsumerContext,
  group: ConsumerGroup,
  request: HeartbeatRequest,
): number {
  const { member, classic } = classicMember(group, request)
  ensureGeneration(member, request.generationId)
  watchSession(context, member.memberId, classic.sessionTimeoutMs)
  const isToJoin =
    member.memberEpoch < group.assignmentEpoch ||
    member.state === 'unrevoked-partitions' ||
    (member.state === 'unreleased-partitions' && !group.isWaitingForPartition(member))
  if (!isToJoin) return ErrorCode.NONE
  watchJoin(context, member)
  return ErrorCode.REBALANCE_IN_PROGRESS
}

/** LeaveGroup, of any members, by id or by instance id alone. */
export function leaveConsumerGroup(
  context: ConsumerContext,
  group: ConsumerGroup,
  leaving: readonly LeavingMember[],
  to: ReplyTo<LeaveReply>,
): void {
  const found = new Map<string, ConsumerMember>()
  const members = leaving.map(({ memberId, groupInstanceId }) => {
    try {
      const member =
        groupInstanceId === null
          ? knownMember(group, memberId)
          : knownStaticMember(group, groupInstanceId, memberId === '' ? undefined : memberId)
      found.set(member.memberId, member)
      return { memberId, groupInstanceId, errorCode: ErrorCode.NONE }
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return { memberId, groupInstanceId, errorCode: error.errorCode }
    }
  })
  fenceMembers(context, group, [...found.values()], (error, effects) => {
    if (error === undefined) effects.reply(to, { errorCode: ErrorCode.NONE, members })
    else effects.reply(to, { errorCode: saveGroupErrorCode(error), members: [] })
  })
}

/** Throws UNKNOWN_MEMBER_ID, also for a member that speaks the consumer protocol, and FENCED_INSTANCE_ID. */
function classicMember(
  group: ConsumerGroup,
  { memberId, groupInstanceId }: { readonly memberId: string; readonly groupInstanceId: string | null },
): { member: ConsumerMember; classic: ClassicMemberMetadata } {
  const member =
    groupInstanceId === null ? knownMember(group, memberId) : knownStaticMember(group, groupInstanceId, memberId)
  if (member.classic === undefined) {
    throw new KafkaError('UNKNOWN_MEMBER_ID', `Member ${memberId} does not use the classic protocol.`)
  }
  return { member, classic: member.classic }
}

function ensureGeneration({ memberId, memberEpoch }: ConsumerMember, generationId: number): void {
  if (generationId === memberEpoch) return
  throw new KafkaError(
    'ILLEGAL_GENERATION',
    `The request generation id ${generationId} is not equal to the member epoch ${memberEpoch} of member ${memberId}.`,
  )
}
