import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import { memberErrorCode } from './check-member.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { LeaveReply, LeavingMember } from './classic-messages.ts'
import { removeMember } from './rebalance.ts'
import { removePendingMember } from './sessions.ts'

/** LeaveGroup on a group that is there: each member by its id, or a static one by its instance id alone. */
export function leaveGroup(group: ClassicGroup, turn: Turn, members: readonly LeavingMember[]): LeaveReply {
  return {
    errorCode: ErrorCode.NONE,
    members: members.map((leaving) => ({
      memberId: leaving.memberId,
      groupInstanceId: leaving.groupInstanceId,
      errorCode: leave(group, turn, leaving),
    })),
  }
}

function leave(group: ClassicGroup, turn: Turn, { memberId, groupInstanceId, reason }: LeavingMember): number {
  if (memberId !== '' && group.pendingMembers.has(memberId)) {
    removePendingMember(group, turn, memberId)
    return ErrorCode.NONE
  }
  let leavingId: string | undefined = memberId
  if (memberId === '') {
    leavingId = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId)
  } else {
    const errorCode = memberErrorCode(group, memberId, groupInstanceId)
    if (errorCode !== ErrorCode.NONE) return errorCode
  }
  const member = leavingId === undefined ? undefined : group.members.get(leavingId)
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
  removeMember(group, turn, member, `member ${member.memberId} leaves; client says: ${reason ?? 'nothing'}`)
  return ErrorCode.NONE
}
