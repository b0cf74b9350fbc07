// OffsetForLeaderEpoch (API 23): where the epoch of a leader ended: how consumers and followers find out that a log was truncated.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetForLeaderEpochRequest = defineRequest(
  'OffsetForLeaderEpoch',
  23,
  { versions: '2-4', flexible: '4+' },
  {
    replicaId: int32('3+', { default: -2, ignorable: true }),
    topics: array({
      topic: string(),
      partitions: array({ partition: int32(), currentLeaderEpoch: int32('0+', { default: -1 }), leaderEpoch: int32() }),
    }),
  },
)
export type OffsetForLeaderEpochRequest = MessageType<typeof offsetForLeaderEpochRequest>

export const offsetForLeaderEpochResponse = defineResponse(
  'OffsetForLeaderEpoch',
  23,
  { versions: '2-4', flexible: '4+' },
  {
    throttleTimeMs: int32(),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32('0+', { default: -1 }),
        endOffset: int64('0+', { default: -1n }),
      }),
    }),
  },
)
export type OffsetForLeaderEpochResponse = MessageType<typeof offsetForLeaderEpochResponse>
