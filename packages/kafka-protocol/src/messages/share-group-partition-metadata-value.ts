// ShareGroupPartitionMetadataValue: value of a record of a share group in __consumer_offsets: the topics that are subscribed to.
import { array, int32, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const topicPartitionsInfo = { topicId: uuid(), topicName: string(), partitions: array(int32()) }
const topicInfo = { topicId: uuid(), topicName: string() }

export const shareGroupPartitionMetadataValue = defineData(
  'ShareGroupPartitionMetadataValue',
  { versions: '0', flexible: '0+' },
  { initializedTopics: array(topicPartitionsInfo), deletingTopics: array(topicInfo) },
)
export type ShareGroupPartitionMetadataValue = MessageType<typeof shareGroupPartitionMetadataValue>
