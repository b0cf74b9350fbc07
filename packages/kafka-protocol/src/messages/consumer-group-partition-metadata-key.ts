// ConsumerGroupPartitionMetadataKey: key of a record of a consumer group in __consumer_offsets: the topics that are subscribed to.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupPartitionMetadataKey = defineRecordKey('ConsumerGroupPartitionMetadataKey', 4, {
  groupId: string(),
})
export type ConsumerGroupPartitionMetadataKey = MessageType<typeof consumerGroupPartitionMetadataKey>
