// LegacyOffsetCommitValue: a committed offset in __consumer_offsets, as written before Kafka 0.9.
import { int64, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const legacyOffsetCommitValue = defineData(
  'LegacyOffsetCommitValue',
  { versions: '0' },
  { offset: int64(), metadata: string(), commitTimestamp: int64() },
)
export type LegacyOffsetCommitValue = MessageType<typeof legacyOffsetCommitValue>
