// GroupMetadataKey: key of a classic group in __consumer_offsets.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const groupMetadataKey = defineRecordKey('GroupMetadataKey', 2, { group: string() })
export type GroupMetadataKey = MessageType<typeof groupMetadataKey>
