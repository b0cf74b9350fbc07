// StreamsGroupMetadataKey: key of a record of a streams group in __consumer_offsets: the group itself.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupMetadataKey = defineRecordKey('StreamsGroupMetadataKey', 17, { groupId: string() })
export type StreamsGroupMetadataKey = MessageType<typeof streamsGroupMetadataKey>
