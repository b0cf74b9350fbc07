import { ErrorCode } from '@odradek/kafka-protocol'
import type { ClassicGroup } from './classic-group.ts'

/** The error for a request in a member's name: its id must be in the group, and be the one that its instance id stands for now. */
export function memberErrorCode(group: ClassicGroup, memberId: string, groupInstanceId: string | null): number {
  if (groupInstanceId !== null) {
    const current = group.staticMembers.get(groupInstanceId)
    if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
    if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID
  }
  return group.members.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
}
