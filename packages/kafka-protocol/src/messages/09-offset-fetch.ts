// OffsetFetch (API 9): reads the positions of groups.
import { array, bool, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetFetchRequest = defineRequest(
  'OffsetFetch',
  9,
  { versions: '1-10', flexible: '6+' },
  {
    groupId: string('0-7'),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, '0-7', { nullable: '2-7' }),
    groups: array(
      {
        groupId: string(),
        memberId: string('9+', { nullable: '9+', default: null, ignorable: true }),
        memberEpoch: int32('9+', { default: -1, ignorable: true }),
        topics: array(
          {
            name: string('8-9', { ignorable: true }),
            topicId: uuid('10+', { ignorable: true }),
            partitionIndexes: array(int32()),
          },
          '0+',
          { nullable: '8+' },
        ),
      },
      '8+',
    ),
    requireStable: bool('7+'),
  },
)
export type OffsetFetchRequest = MessageType<typeof offsetFetchRequest>

export const offsetFetchResponse = defineResponse(
  'OffsetFetch',
  9,
  { versions: '1-10', flexible: '6+' },
  {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          committedOffset: int64(),
          committedLeaderEpoch: int32('5-7', { default: -1, ignorable: true }),
          metadata: string('0+', { nullable: '0-7' }),
          errorCode: int16(),
        }),
      },
      '0-7',
    ),
    errorCode: int16('2-7', { ignorable: true }),
    groups: array(
      {
        groupId: string(),
        topics: array({
          name: string('8-9', { ignorable: true }),
          topicId: uuid('10+', { ignorable: true }),
          partitions: array({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32('0+', { default: -1 }),
            metadata: string('0+', { nullable: '8+' }),
            errorCode: int16(),
          }),
        }),
        errorCode: int16(),
      },
      '8+',
    ),
  },
)
export type OffsetFetchResponse = MessageType<typeof offsetFetchResponse>
