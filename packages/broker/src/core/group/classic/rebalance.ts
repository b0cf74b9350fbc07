import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { joinError, syncError } from './classic-messages.ts'
import { generationReply, prolongSession, propagateAssignments, replyToJoin, replyToSync } from './member-replies.ts'
import { saveGroup } from './save-group.ts'

/** How soon a rebalance that no member has joined is looked at again, at the earliest. */
const postponeMsMin = 1000

/** Calls all members to join again, unless that is under way. */
export function rebalanceIfPossible(group: ClassicGroup, turn: Turn, reason: string): void {
  if (group.canRebalance) prepareRebalance(group, turn, reason)
}

/** Calls all members to join again. An empty group first waits a while for others (group.initial.rebalance.delay.ms). */
export function prepareRebalance(group: ClassicGroup, turn: Turn, reason: string): void {
  if (group.state === 'CompletingRebalance') {
    propagateAssignments(group, turn, { errorCode: ErrorCode.REBALANCE_IN_PROGRESS })
  }
  stopWaitingForSync(group)
  const wasEmpty = group.state === 'Empty'
  group.transitionTo('PreparingRebalance', turn.now.wallMs)
  turn.effects.note(`rebalancing group ${group.groupId}`, { generation: group.generation, reason })
  if (wasEmpty) {
    const delayMs = group.config.initialRebalanceDelayMs
    waitForOthers(group, turn, { delayMs, remainingMs: Math.max(group.rebalanceTimeoutMs - delayMs, 0) })
    return
  }
  waitForJoins(group, turn, group.rebalanceTimeoutMs)
  completeJoinIfAllAreHere(group, turn)
}

/** Goes on as soon as everyone has joined; the initial wait of an empty group always runs its time. */
export function completeJoinIfAllAreHere(group: ClassicGroup, turn: Turn): void {
  if (group.state !== 'PreparingRebalance' || group.initialJoin !== undefined || !group.haveAllMembersJoined) return
  completeJoin(group, turn)
}

/** Takes a member out for good. Whatever it has parked is answered with UNKNOWN_MEMBER_ID, so that a member that lives joins anew. */
export function dropMember(group: ClassicGroup, turn: Turn, member: ClassicMember): void {
  replyToJoin(group, turn, member, joinError(ErrorCode.UNKNOWN_MEMBER_ID, ''))
  replyToSync(turn, member, syncError(ErrorCode.UNKNOWN_MEMBER_ID))
  group.remove(member)
}

/** Takes a member out and lets the others share what it had. */
export function removeMember(group: ClassicGroup, turn: Turn, member: ClassicMember, reason: string): void {
  dropMember(group, turn, member)
  if (group.state === 'PreparingRebalance') completeJoinIfAllAreHere(group, turn)
  else rebalanceIfPossible(group, turn, reason)
}

/** This member has asked for its assignment, or need not any more. */
export function stopWaitingForSyncOf(group: ClassicGroup, memberId: string): void {
  group.pendingSyncMembers.delete(memberId)
  if (group.pendingSyncMembers.size === 0) group.syncAlarm?.clear()
}

function stopWaitingForSync(group: ClassicGroup): void {
  group.pendingSyncMembers.clear()
  group.syncAlarm?.clear()
}

function waitForOthers(group: ClassicGroup, turn: Turn, initialJoin: { delayMs: number; remainingMs: number }): void {
  group.initialJoin = initialJoin
  waitForJoins(group, turn, initialJoin.delayMs)
}

function waitForJoins(group: ClassicGroup, turn: Turn, timeoutMs: number): void {
  group.joinAlarm ??= group.alarms.alarm((effects, now) => endWaitForJoins(group, { effects, now }))
  group.joinAlarm.set(turn.now.monotonicMs + timeoutMs)
}

function endWaitForJoins(group: ClassicGroup, turn: Turn): void {
  const { initialJoin } = group
  if (initialJoin !== undefined && group.newMemberAdded && initialJoin.remainingMs !== 0) {
    group.newMemberAdded = false
    waitForOthers(group, turn, {
      delayMs: Math.min(group.config.initialRebalanceDelayMs, initialJoin.remainingMs),
      remainingMs: Math.max(initialJoin.remainingMs - initialJoin.delayMs, 0),
    })
    return
  }
  group.initialJoin = undefined
  completeJoin(group, turn)
}

/** The wait is over: who has not come is out, static members excepted, and the next generation begins. */
function completeJoin(group: ClassicGroup, turn: Turn): void {
  group.joinAlarm?.clear()
  const missing = [...group.members.values()].filter(
    (member) => member.awaitingJoin === undefined && member.groupInstanceId === null,
  )
  for (const member of missing) dropMember(group, turn, member)
  if (missing.length > 0) {
    turn.effects.note(`removed members of group ${group.groupId} that did not join in time`, {
      memberIds: missing.map(({ memberId }) => memberId),
    })
  }
  if (group.members.size === 0) {
    beginEmptyGeneration(group, turn)
  } else if (electJoinedLeader(group)) {
    beginGeneration(group, turn)
  } else {
    turn.effects.note(`no member of group ${group.groupId} has joined; waiting for their sessions to run out`)
    waitForJoins(group, turn, Math.max(group.rebalanceTimeoutMs, postponeMsMin))
  }
}

/** The leader stays if it has joined, else one that has takes over. False when none has. */
function electJoinedLeader(group: ClassicGroup): boolean {
  const leader = group.leaderId === undefined ? undefined : group.members.get(group.leaderId)
  if (leader?.awaitingJoin !== undefined) return true
  for (const member of group.members.values()) {
    if (member.awaitingJoin === undefined) continue
    group.leaderId = member.memberId
    return true
  }
  return false
}

function beginEmptyGeneration(group: ClassicGroup, turn: Turn): void {
  group.generation++
  group.protocolName = undefined
  group.updateSubscribedTopics()
  group.transitionTo('Empty', turn.now.wallMs)
  stopWaitingForSync(group)
  const { groupId, generation } = group
  turn.effects.note(`group ${groupId} is empty now`, { generation })
  // Should this not get into the log, the generation before becomes current again at a fail-over and its members time out.
  saveGroup(
    group,
    turn,
    () => Buffer.alloc(0),
    (error, after) => {
      if (error !== undefined)
        after.effects.note(`could not write that group ${groupId} is empty`, { generation, error })
    },
  )
}

function beginGeneration(group: ClassicGroup, turn: Turn): void {
  group.generation++
  group.protocolName = group.selectProtocol()
  group.updateSubscribedTopics()
  group.transitionTo('CompletingRebalance', turn.now.wallMs)
  stopWaitingForSync(group)
  turn.effects.note(`group ${group.groupId} has a new generation`, {
    generation: group.generation,
    members: group.members.size,
    protocol: group.protocolName,
  })
  for (const member of group.members.values()) {
    replyToJoin(group, turn, member, generationReply(group, member))
    prolongSession(turn, member)
    member.isNew = false
    group.pendingSyncMembers.add(member.memberId)
  }
  group.syncAlarm ??= group.alarms.alarm((effects, now) => endWaitForSync(group, { effects, now }))
  group.syncAlarm.set(turn.now.monotonicMs + group.rebalanceTimeoutMs)
}

/** Members that have joined but never asked for their assignment hold up work that others could do. */
function endWaitForSync(group: ClassicGroup, turn: Turn): void {
  const memberIds = [...group.pendingSyncMembers]
  if (memberIds.length === 0 || !group.canRebalance) return
  for (const memberId of memberIds) {
    const member = group.members.get(memberId)
    if (member !== undefined) dropMember(group, turn, member)
  }
  prepareRebalance(group, turn, `members ${memberIds.join(', ')} did not sync in time`)
}
