// DeleteShareGroupOffsets (API 92): forgets where a share group begins in topics.
import { array, int16, int32, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteShareGroupOffsetsRequest = defineRequest(
  'DeleteShareGroupOffsets',
  92,
  { versions: '0', flexible: '0+' },
  { groupId: string(), topics: array({ topicName: string() }) },
)
export type DeleteShareGroupOffsetsRequest = MessageType<typeof deleteShareGroupOffsetsRequest>

export const deleteShareGroupOffsetsResponse = defineResponse(
  'DeleteShareGroupOffsets',
  92,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type DeleteShareGroupOffsetsResponse = MessageType<typeof deleteShareGroupOffsetsResponse>
