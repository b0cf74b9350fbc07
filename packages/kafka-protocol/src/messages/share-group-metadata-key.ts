// ShareGroupMetadataKey: key of a record of a share group in __consumer_offsets: the group itself.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupMetadataKey = defineRecordKey('ShareGroupMetadataKey', 11, { groupId: string() })
export type ShareGroupMetadataKey = MessageType<typeof shareGroupMetadataKey>
