import { ErrorCode } from '@odradek/kafka-protocol'
import type { Turn } from '../turn.ts'
import { memberErrorCode } from './check-member.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { HeartbeatRequest } from './classic-messages.ts'
import { prolongSession } from './member-replies.ts'

/** Heartbeat on a group that is there: the error code of the answer. REBALANCE_IN_PROGRESS calls the member to join again. */
export function heartbeat(group: ClassicGroup, turn: Turn, request: HeartbeatRequest): number {
  const errorCode = memberErrorCode(group, request.memberId, request.groupInstanceId)
  if (errorCode !== ErrorCode.NONE) return errorCode
  if (request.generationId !== group.generation) return ErrorCode.ILLEGAL_GENERATION
  const member = group.members.get(request.memberId)
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
  prolongSession(turn, member)
  return group.state === 'PreparingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE
}
