// StreamsGroupTargetAssignmentMetadataKey: key of a record of a streams group in __consumer_offsets: the epoch of the target assignment.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupTargetAssignmentMetadataKey = defineRecordKey('StreamsGroupTargetAssignmentMetadataKey', 20, {
  groupId: string(),
})
export type StreamsGroupTargetAssignmentMetadataKey = MessageType<typeof streamsGroupTargetAssignmentMetadataKey>
