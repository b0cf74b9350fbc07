// OffsetCommitValue: a committed offset in __consumer_offsets.
import { int32, int64, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetCommitValue = defineData(
  'OffsetCommitValue',
  { versions: '0-4', flexible: '4+' },
  {
    offset: int64(),
    leaderEpoch: int32('3+', { default: -1, ignorable: true }),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64('1', { default: -1n, ignorable: true }),
    topicId: uuid('4+', { tag: 0, ignorable: true }),
  },
)
export type OffsetCommitValue = MessageType<typeof offsetCommitValue>
