// ShareGroupTargetAssignmentMetadataKey: key of a record of a share group in __consumer_offsets: the epoch of the target assignment.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupTargetAssignmentMetadataKey = defineRecordKey('ShareGroupTargetAssignmentMetadataKey', 12, {
  groupId: string(),
})
export type ShareGroupTargetAssignmentMetadataKey = MessageType<typeof shareGroupTargetAssignmentMetadataKey>
