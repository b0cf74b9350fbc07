// ConsumerGroupMetadataKey: key of a record of a consumer group in __consumer_offsets: the group itself.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupMetadataKey = defineRecordKey('ConsumerGroupMetadataKey', 3, { groupId: string() })
export type ConsumerGroupMetadataKey = MessageType<typeof consumerGroupMetadataKey>
