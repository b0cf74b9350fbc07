import type { Turn } from '../turn.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import { metadataOf } from './classic-member.ts'
import type { JoinReply, SyncReply } from './classic-messages.ts'
import { syncError } from './classic-messages.ts'

/** What a member that has joined the current generation is told; the leader also hears who else is in it. */
export function generationReply(
  group: ClassicGroup,
  member: ClassicMember,
  options: { skipAssignment?: boolean } = {},
): JoinReply {
  const isLeader = group.isLeader(member.memberId)
  return {
    errorCode: 0,
    memberId: member.memberId,
    generationId: group.generation,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    leader: group.leaderId ?? '',
    skipAssignment: options.skipAssignment ?? false,
    members: isLeader
      ? [...group.members.values()].map((other) => ({
          memberId: other.memberId,
          groupInstanceId: other.groupInstanceId,
          metadata: metadataOf(other, group.protocolName ?? ''),
        }))
      : [],
  }
}

/** Answers the member's parked JoinGroup, if there is one. */
export function replyToJoin(group: ClassicGroup, turn: Turn, member: ClassicMember, reply: JoinReply): void {
  const to = group.takeJoin(member)
  if (to !== undefined) turn.effects.reply(to, reply)
}

/** Answers the member's parked SyncGroup; false if there is none. */
export function replyToSync(turn: Turn, member: ClassicMember, reply: SyncReply): boolean {
  const to = member.awaitingSync
  if (to === undefined) return false
  member.awaitingSync = undefined
  turn.effects.reply(to, reply)
  return true
}

/** The member must be heard of again within its session timeout. */
export function prolongSession(turn: Turn, member: ClassicMember): void {
  member.session.set(turn.now.monotonicMs + member.sessionTimeoutMs)
}

/** Answers all parked SyncGroups: with the assignments, or with an error, which takes the assignments back. */
export function propagateAssignments(
  group: ClassicGroup,
  turn: Turn,
  outcome: { assignmentOf: (memberId: string) => Buffer } | { errorCode: number },
): void {
  for (const member of group.members.values()) {
    const isError = 'errorCode' in outcome
    member.assignment = isError ? Buffer.alloc(0) : outcome.assignmentOf(member.memberId)
    const reply: SyncReply = isError
      ? syncError(outcome.errorCode)
      : {
          errorCode: 0,
          protocolType: group.protocolType ?? null,
          protocolName: group.protocolName ?? null,
          assignment: member.assignment,
        }
    // While it was parked its session could not run out; it runs again from now on.
    if (replyToSync(turn, member, reply)) prolongSession(turn, member)
  }
}
