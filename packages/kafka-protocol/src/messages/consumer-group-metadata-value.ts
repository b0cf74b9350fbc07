// ConsumerGroupMetadataValue: value of a record of a consumer group in __consumer_offsets: the group itself.
import { int32, int64 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupMetadataValue = defineData(
  'ConsumerGroupMetadataValue',
  { versions: '0', flexible: '0+' },
  { epoch: int32(), metadataHash: int64('0+', { tag: 0 }) },
)
export type ConsumerGroupMetadataValue = MessageType<typeof consumerGroupMetadataValue>
