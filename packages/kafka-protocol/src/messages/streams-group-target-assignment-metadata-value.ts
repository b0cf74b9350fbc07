// StreamsGroupTargetAssignmentMetadataValue: value of a record of a streams group in __consumer_offsets: the epoch of the target assignment.
import { int32, int64 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupTargetAssignmentMetadataValue = defineData(
  'StreamsGroupTargetAssignmentMetadataValue',
  { versions: '0', flexible: '0+' },
  { assignmentEpoch: int32(), assignmentTimestamp: int64('0+', { tag: 0 }) },
)
export type StreamsGroupTargetAssignmentMetadataValue = MessageType<typeof streamsGroupTargetAssignmentMetadataValue>
