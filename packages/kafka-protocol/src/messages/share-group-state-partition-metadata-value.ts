// ShareGroupStatePartitionMetadataValue: value of a record of a share group in __consumer_offsets: the share partitions that are initialized.
import { array, int32, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const topicPartitionsInfo = { topicId: uuid(), topicName: string(), partitions: array(int32()) }
const topicInfo = { topicId: uuid(), topicName: string() }

export const shareGroupStatePartitionMetadataValue = defineData(
  'ShareGroupStatePartitionMetadataValue',
  { versions: '0', flexible: '0+' },
  {
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  },
)
export type ShareGroupStatePartitionMetadataValue = MessageType<typeof shareGroupStatePartitionMetadataValue>
