import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import { memberErrorCode } from './check-member.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import type { JoinReply, JoinRequest } from './classic-messages.ts'
import { joinError } from './classic-messages.ts'
import { copyProtocols, protocolsEqual } from './classic-protocol.ts'
import { generationReply, replyToJoin } from './member-replies.ts'
import { completeJoinIfAllAreHere, dropMember, rebalanceIfPossible } from './rebalance.ts'
import { replaceStaticMember } from './replace-static-member.ts'
import { addPendingMember, makeMember } from './sessions.ts'

/** A new member cannot send heartbeats before its first answer; this long that may take, then its sender is taken to have gone. */
const newMemberJoinTimeoutMs = 300_000

/** JoinGroup on a group that is there (KIP-345, KIP-389, KIP-394, KIP-814; Kafka's GroupCoordinator.handleJoinGroup). */
export function joinGroup(group: ClassicGroup, turn: Turn, request: JoinRequest, to: ReplyTo<JoinReply>): void {
  const { memberId } = request
  if (!accepts(group, memberId)) {
    const member = group.members.get(memberId)
    if (member !== undefined) dropMember(group, turn, member)
    group.removePending(memberId)
    turn.effects.reply(to, joinError(ErrorCode.GROUP_MAX_SIZE_REACHED, ''))
  } else if (!group.supports(request.protocolType, request.protocols)) {
    turn.effects.reply(to, joinError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId))
  } else if (memberId === '') {
    joinAsNewMember(group, turn, request, to)
  } else {
    joinAsKnownMember(group, turn, request, to)
  }
  completeJoinIfAllAreHere(group, turn)
}

/** Whether there is room. During a rebalance it is for those that come first, so that a group which is too large shrinks. */
function accepts(group: ClassicGroup, memberId: string): boolean {
  const { membersMax } = group.config
  switch (group.state) {
    case 'Empty':
    case 'Dead':
      return true
    case 'PreparingRebalance':
      return group.members.get(memberId)?.awaitingJoin !== undefined || group.awaitingJoinCount < membersMax
    case 'CompletingRebalance':
    case 'Stable':
      return group.members.has(memberId) || group.members.size < membersMax
  }
}

function joinAsNewMember(group: ClassicGroup, turn: Turn, request: JoinRequest, to: ReplyTo<JoinReply>): void {
  const { groupInstanceId } = request
  const memberId = `${groupInstanceId ?? request.clientId}-${request.newMemberIdSuffix}`
  const replaced = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId)
  const member = replaced === undefined ? undefined : group.members.get(replaced)
  if (member !== undefined) {
    replaceStaticMember(group, turn, member, memberId, request, to)
  } else if (groupInstanceId === null && request.requireKnownMemberId) {
    addPendingMember(group, turn, memberId, request.sessionTimeoutMs)
    turn.effects.reply(to, joinError(ErrorCode.MEMBER_ID_REQUIRED, memberId))
  } else {
    addMember(group, turn, memberId, request, to)
  }
}

function addMember(
  group: ClassicGroup,
  turn: Turn,
  memberId: string,
  request: JoinRequest,
  to: ReplyTo<JoinReply>,
): void {
  const member = makeMember(group, {
    memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: request.clientId,
    clientHost: request.clientHost,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: copyProtocols(request.protocols),
    assignment: Buffer.alloc(0),
    isNew: true,
  })
  if (group.state === 'PreparingRebalance' && group.generation === 0) group.newMemberAdded = true
  if (group.members.size === 0) group.protocolType = request.protocolType
  group.add(member)
  group.parkJoin(member, to)
  member.session.set(turn.now.monotonicMs + newMemberJoinTimeoutMs)
  rebalanceIfPossible(group, turn, `member ${memberId} joins; ${clientReason(request)}`)
}

function joinAsKnownMember(group: ClassicGroup, turn: Turn, request: JoinRequest, to: ReplyTo<JoinReply>): void {
  const { memberId, groupInstanceId } = request
  if (group.pendingMembers.has(memberId)) {
    // Ids are handed out to dynamic members only.
    if (groupInstanceId !== null) turn.effects.reply(to, joinError(ErrorCode.UNKNOWN_SERVER_ERROR, memberId))
    else addMember(group, turn, memberId, request, to)
    return
  }
  const errorCode = memberErrorCode(group, memberId, groupInstanceId)
  const member = group.members.get(memberId)
  if (errorCode !== ErrorCode.NONE || member === undefined || group.state === 'Empty' || group.state === 'Dead') {
    turn.effects.reply(to, joinError(errorCode === ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : errorCode, memberId))
    return
  }
  const isUnchanged = protocolsEqual(member.protocols, request.protocols)
  if (group.state === 'PreparingRebalance') {
    rejoin(group, turn, member, request, to, `member ${memberId} joins again`)
  } else if (!isUnchanged) {
    rejoin(group, turn, member, request, to, `member ${memberId} has changed its metadata`)
  } else if (group.state === 'Stable' && group.isLeader(memberId)) {
    // So the leader can ask for a new assignment, for instance because a topic has more partitions.
    rejoin(group, turn, member, request, to, `leader ${memberId} joins again`)
  } else {
    // Nothing has changed: perhaps it has missed the answer to its first join.
    turn.effects.reply(to, generationReply(group, member))
  }
}

function rejoin(
  group: ClassicGroup,
  turn: Turn,
  member: ClassicMember,
  request: JoinRequest,
  to: ReplyTo<JoinReply>,
  reason: string,
): void {
  // A second join of the same member means that it has given up the first; that one must not hang for ever.
  replyToJoin(group, turn, member, joinError(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId))
  group.setProtocols(member, copyProtocols(request.protocols))
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
  member.sessionTimeoutMs = request.sessionTimeoutMs
  group.parkJoin(member, to)
  rebalanceIfPossible(group, turn, `${reason}; ${clientReason(request)}`)
}

function clientReason({ reason }: JoinRequest): string {
  return `client says: ${reason === null || reason === '' ? 'nothing' : reason}`
}
