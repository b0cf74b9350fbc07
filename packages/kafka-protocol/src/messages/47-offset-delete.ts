// OffsetDelete (API 47): deletes the positions of a group in some partitions.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const offsetDeleteRequest = defineRequest(
  'OffsetDelete',
  47,
  { versions: '0' },
  { groupId: string(), topics: array({ name: string(), partitions: array({ partitionIndex: int32() }) }) },
)
export type OffsetDeleteRequest = MessageType<typeof offsetDeleteRequest>

export const offsetDeleteResponse = defineResponse(
  'OffsetDelete',
  47,
  { versions: '0' },
  {
    errorCode: int16(),
    throttleTimeMs: int32(),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
)
export type OffsetDeleteResponse = MessageType<typeof offsetDeleteResponse>
