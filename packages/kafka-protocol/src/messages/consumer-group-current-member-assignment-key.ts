// ConsumerGroupCurrentMemberAssignmentKey: key of a record of a consumer group in __consumer_offsets: what a member owns now.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupCurrentMemberAssignmentKey = defineRecordKey('ConsumerGroupCurrentMemberAssignmentKey', 8, {
  groupId: string(),
  memberId: string(),
})
export type ConsumerGroupCurrentMemberAssignmentKey = MessageType<typeof consumerGroupCurrentMemberAssignmentKey>
