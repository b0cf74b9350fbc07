// ShareGroupStatePartitionMetadataKey: key of a record of a share group in __consumer_offsets: the share partitions that are initialized.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupStatePartitionMetadataKey = defineRecordKey('ShareGroupStatePartitionMetadataKey', 15, {
  groupId: string(),
})
export type ShareGroupStatePartitionMetadataKey = MessageType<typeof shareGroupStatePartitionMetadataKey>
