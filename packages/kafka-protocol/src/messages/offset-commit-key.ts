// OffsetCommitKey: key of a committed offset in __consumer_offsets; types 0 and 1 look the same.
import { int32, string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetCommitKey = defineRecordKey('OffsetCommitKey', 1, {
  group: string(),
  topic: string(),
  partition: int32(),
})
export type OffsetCommitKey = MessageType<typeof offsetCommitKey>
