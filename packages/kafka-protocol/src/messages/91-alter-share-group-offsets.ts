// AlterShareGroupOffsets (API 91): sets where a share group begins in partitions.
import { array, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterShareGroupOffsetsRequest = defineRequest(
  'AlterShareGroupOffsets',
  91,
  { versions: '0', flexible: '0+' },
  {
    groupId: string(),
    topics: array({ topicName: string(), partitions: array({ partitionIndex: int32(), startOffset: int64() }) }),
  },
)
export type AlterShareGroupOffsetsRequest = MessageType<typeof alterShareGroupOffsetsRequest>

export const alterShareGroupOffsetsResponse = defineResponse(
  'AlterShareGroupOffsets',
  91,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
)
export type AlterShareGroupOffsetsResponse = MessageType<typeof alterShareGroupOffsetsResponse>
