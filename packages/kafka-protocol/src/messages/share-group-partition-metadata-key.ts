// ShareGroupPartitionMetadataKey: key of a record of a share group in __consumer_offsets: the topics that are subscribed to.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupPartitionMetadataKey = defineRecordKey('ShareGroupPartitionMetadataKey', 9, {
  groupId: string(),
})
export type ShareGroupPartitionMetadataKey = MessageType<typeof shareGroupPartitionMetadataKey>
