// ConsumerGroupPartitionMetadataValue: value of a record of a consumer group in __consumer_offsets: the topics that are subscribed to.
import { array, int32, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupPartitionMetadataValue = defineData(
  'ConsumerGroupPartitionMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    topics: array({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array({ partition: int32(), racks: array(string()) }),
    }),
  },
)
export type ConsumerGroupPartitionMetadataValue = MessageType<typeof consumerGroupPartitionMetadataValue>
