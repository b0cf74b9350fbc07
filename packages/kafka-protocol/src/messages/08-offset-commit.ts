// OffsetCommit (API 8): stores the positions of a group.
import { array, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetCommitRequest = defineRequest(
  'OffsetCommit',
  8,
  { versions: '2-10', flexible: '8+' },
  {
    groupId: string(),
    generationIdOrMemberEpoch: int32('0+', { default: -1 }),
    memberId: string(),
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    retentionTimeMs: int64('2-4', { default: -1n, ignorable: true }),
    topics: array({
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
        committedMetadata: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type OffsetCommitRequest = MessageType<typeof offsetCommitRequest>

export const offsetCommitResponse = defineResponse(
  'OffsetCommit',
  8,
  { versions: '2-10', flexible: '8+' },
  {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array({
      name: string('0-9', { ignorable: true }),
      topicId: uuid('10+', { ignorable: true }),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
)
export type OffsetCommitResponse = MessageType<typeof offsetCommitResponse>
