// ShareGroupTargetAssignmentMetadataValue: value of a record of a share group in __consumer_offsets: the epoch of the target assignment.
import { int32, int64 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupTargetAssignmentMetadataValue = defineData(
  'ShareGroupTargetAssignmentMetadataValue',
  { versions: '0', flexible: '0+' },
  { assignmentEpoch: int32(), assignmentTimestamp: int64('0+', { tag: 0 }) },
)
export type ShareGroupTargetAssignmentMetadataValue = MessageType<typeof shareGroupTargetAssignmentMetadataValue>
