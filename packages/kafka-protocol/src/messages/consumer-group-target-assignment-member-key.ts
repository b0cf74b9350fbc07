// ConsumerGroupTargetAssignmentMemberKey: key of a record of a consumer group in __consumer_offsets: the target assignment of a member.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupTargetAssignmentMemberKey = defineRecordKey('ConsumerGroupTargetAssignmentMemberKey', 7, {
  groupId: string(),
  memberId: string(),
})
export type ConsumerGroupTargetAssignmentMemberKey = MessageType<typeof consumerGroupTargetAssignmentMemberKey>
