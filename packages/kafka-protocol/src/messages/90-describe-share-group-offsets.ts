// DescribeShareGroupOffsets (API 90): where share groups begin in partitions.
import { array, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeShareGroupOffsetsRequest = defineRequest(
  'DescribeShareGroupOffsets',
  90,
  { versions: '0-1', flexible: '0+' },
  {
    groups: array({
      groupId: string(),
      topics: array({ topicName: string(), partitions: array(int32()) }, '0+', { nullable: '0+' }),
    }),
  },
)
export type DescribeShareGroupOffsetsRequest = MessageType<typeof describeShareGroupOffsetsRequest>

export const describeShareGroupOffsetsResponse = defineResponse(
  'DescribeShareGroupOffsets',
  90,
  { versions: '0-1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    groups: array({
      groupId: string(),
      topics: array({
        topicName: string(),
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          startOffset: int64(),
          leaderEpoch: int32(),
          lag: int64('1+', { default: -1n, ignorable: true }),
          errorCode: int16(),
          errorMessage: string('0+', { nullable: '0+', default: null }),
        }),
      }),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type DescribeShareGroupOffsetsResponse = MessageType<typeof describeShareGroupOffsetsResponse>
