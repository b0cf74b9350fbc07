// TxnOffsetCommit (API 28): stores the positions of a group within a transaction.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const txnOffsetCommitRequest = defineRequest(
  'TxnOffsetCommit',
  28,
  { versions: '0-5', flexible: '3+' },
  {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type TxnOffsetCommitRequest = MessageType<typeof txnOffsetCommitRequest>

export const txnOffsetCommitResponse = defineResponse(
  'TxnOffsetCommit',
  28,
  { versions: '0-5', flexible: '3+' },
  {
    throttleTimeMs: int32(),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
)
export type TxnOffsetCommitResponse = MessageType<typeof txnOffsetCommitResponse>
