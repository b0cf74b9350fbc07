import type { Turn } from '../turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { completeJoinIfAllAreHere, removeMember } from './rebalance.ts'

/** A member that has its session's alarm, and nothing parked. */
export function makeMember(
  group: ClassicGroup,
  fields: Omit<ClassicMember, 'session' | 'awaitingJoin' | 'awaitingSync'>,
): ClassicMember {
  const member: ClassicMember = {
    ...fields,
    awaitingJoin: undefined,
    awaitingSync: undefined,
    session: group.alarms.alarm((effects, now) => expireSession(group, { effects, now }, member)),
  }
  return member
}

/** Remembers an id that was handed out until it joins or `timeoutMs` has passed. */
export function addPendingMember(group: ClassicGroup, turn: Turn, memberId: string, timeoutMs: number): void {
  const alarm = group.alarms.alarm((effects, now) => {
    effects.note(`member ${memberId} never joined group ${group.groupId}`)
    removePendingMember(group, { effects, now }, memberId)
  })
  group.pendingMembers.set(memberId, alarm)
  alarm.set(turn.now.monotonicMs + timeoutMs)
}

export function removePendingMember(group: ClassicGroup, turn: Turn, memberId: string): void {
  group.removePending(memberId)
  completeJoinIfAllAreHere(group, turn)
}

function expireSession(group: ClassicGroup, turn: Turn, member: ClassicMember): void {
  // Waiting for the coordinator's own answer is a sign of life, except in a new member that has never had one.
  const isParked = member.awaitingJoin !== undefined || member.awaitingSync !== undefined
  if (isParked && !member.isNew) return
  turn.effects.note(`member ${member.memberId} of group ${group.groupId} has not been heard of; removing it`)
  removeMember(group, turn, member, `member ${member.memberId} timed out`)
}
