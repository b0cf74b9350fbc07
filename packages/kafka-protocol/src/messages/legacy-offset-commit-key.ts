// LegacyOffsetCommitKey: key of a committed offset in __consumer_offsets, as written before Kafka 0.9.
import { int32, string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const legacyOffsetCommitKey = defineRecordKey('LegacyOffsetCommitKey', 0, {
  group: string(),
  topic: string(),
  partition: int32(),
})
export type LegacyOffsetCommitKey = MessageType<typeof legacyOffsetCommitKey>
