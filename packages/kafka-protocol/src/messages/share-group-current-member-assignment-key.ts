// ShareGroupCurrentMemberAssignmentKey: key of a record of a share group in __consumer_offsets: what a member owns now.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupCurrentMemberAssignmentKey = defineRecordKey('ShareGroupCurrentMemberAssignmentKey', 14, {
  groupId: string(),
  memberId: string(),
})
export type ShareGroupCurrentMemberAssignmentKey = MessageType<typeof shareGroupCurrentMemberAssignmentKey>
