import type { ReplyTo } from '@odradek/coordinator'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import { saveGroupErrorCode } from '../write-error.ts'
import { memberErrorCode } from './check-member.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicMember } from './classic-member.ts'
import type { SyncReply, SyncRequest } from './classic-messages.ts'
import { syncError } from './classic-messages.ts'
import { prolongSession, propagateAssignments, replyToSync } from './member-replies.ts'
import { rebalanceIfPossible, stopWaitingForSyncOf } from './rebalance.ts'
import { saveGroup } from './save-group.ts'

/** SyncGroup on a group that is there: parked until the leader's assignment is committed. */
export function syncGroup(group: ClassicGroup, turn: Turn, request: SyncRequest, to: ReplyTo<SyncReply>): void {
  const errorCode = syncErrorCode(group, request)
  const member = group.members.get(request.memberId)
  if (errorCode !== ErrorCode.NONE || member === undefined) {
    turn.effects.reply(to, syncError(errorCode === ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : errorCode))
    return
  }
  switch (group.state) {
    case 'CompletingRebalance':
      replyToSync(turn, member, syncError(ErrorCode.REBALANCE_IN_PROGRESS))
      member.awaitingSync = to
      stopWaitingForSyncOf(group, member.memberId)
      if (group.isLeader(member.memberId)) assign(group, turn, request)
      return
    case 'Stable':
      stopWaitingForSyncOf(group, member.memberId)
      turn.effects.reply(to, currentAssignment(group, member))
      prolongSession(turn, member)
      return
    case 'PreparingRebalance':
      turn.effects.reply(to, syncError(ErrorCode.REBALANCE_IN_PROGRESS))
      return
    case 'Empty':
    case 'Dead':
      turn.effects.reply(to, syncError(ErrorCode.UNKNOWN_MEMBER_ID))
  }
}

function syncErrorCode(group: ClassicGroup, request: SyncRequest): number {
  const errorCode = memberErrorCode(group, request.memberId, request.groupInstanceId)
  if (errorCode !== ErrorCode.NONE) return errorCode
  if (request.generationId !== group.generation) return ErrorCode.ILLEGAL_GENERATION
  const { protocolType, protocolName } = request
  const isConsistent =
    (protocolType === null || protocolType === group.protocolType) &&
    (protocolName === null || protocolName === group.protocolName)
  return isConsistent ? ErrorCode.NONE : ErrorCode.INCONSISTENT_GROUP_PROTOCOL
}

function currentAssignment(group: ClassicGroup, member: ClassicMember): SyncReply {
  return {
    errorCode: ErrorCode.NONE,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    assignment: member.assignment,
  }
}

/** Writes the leader's assignment, empty for members that it left out, and hands it out when it is committed. */
function assign(group: ClassicGroup, turn: Turn, request: SyncRequest): void {
  const { generation } = group
  // A repeated request of the leader waits for the first one's write; two different assignments must not compete in the log.
  if (group.savingGeneration === generation) return
  group.savingGeneration = generation
  const assignments = new Map(
    request.assignments.map(({ memberId, assignment }) => [memberId, Buffer.from(assignment)]),
  )
  const none = Buffer.alloc(0)
  const assignmentOf = (memberId: string): Buffer => assignments.get(memberId) ?? none
  const missing = [...group.members.keys()].filter((memberId) => !assignments.has(memberId))
  turn.effects.note(`the leader of group ${group.groupId} has assigned the work`, {
    generation,
    members: group.members.size,
    ...(missing.length > 0 ? { withoutAssignment: missing } : {}),
  })
  saveGroup(group, turn, assignmentOf, (error, after) => {
    if (group.savingGeneration === generation) group.savingGeneration = undefined
    if (group.state !== 'CompletingRebalance' || group.generation !== generation) return
    if (error === undefined) {
      propagateAssignments(group, after, { assignmentOf })
      group.transitionTo('Stable', after.now.wallMs)
    } else {
      propagateAssignments(group, after, { errorCode: saveGroupErrorCode(error) })
      rebalanceIfPossible(group, after, `the assignment could not be written: ${error.code}`)
    }
  })
}
