// ShareGroupTargetAssignmentMemberKey: key of a record of a share group in __consumer_offsets: the target assignment of a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupTargetAssignmentMemberKey = defineRecordKey('ShareGroupTargetAssignmentMemberKey', 13, {
  groupId: string(),
  memberId: string(),
})
export type ShareGroupTargetAssignmentMemberKey = MessageType<typeof shareGroupTargetAssignmentMemberKey>
