// ShareGroupMetadataValue: value of a record of a share group in __consumer_offsets: the group itself.
import { int32, int64 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupMetadataValue = defineData(
  'ShareGroupMetadataValue',
  { versions: '0', flexible: '0+' },
  { epoch: int32(), metadataHash: int64() },
)
export type ShareGroupMetadataValue = MessageType<typeof shareGroupMetadataValue>
