// ConsumerGroupTargetAssignmentMetadataKey: key of a record of a consumer group in __consumer_offsets: the epoch of the target assignment.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupTargetAssignmentMetadataKey = defineRecordKey('ConsumerGroupTargetAssignmentMetadataKey', 6, {
  groupId: string(),
})
export type ConsumerGroupTargetAssignmentMetadataKey = MessageType<typeof consumerGroupTargetAssignmentMetadataKey>
