// DeleteRecords (API 21): moves the beginning of partitions forward.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteRecordsRequest = defineRequest(
  'DeleteRecords',
  21,
  { versions: '0-2', flexible: '2+' },
  {
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), offset: int64() }) }),
    timeoutMs: int32(),
  },
)
export type DeleteRecordsRequest = MessageType<typeof deleteRecordsRequest>

export const deleteRecordsResponse = defineResponse(
  'DeleteRecords',
  21,
  { versions: '0-2', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), lowWatermark: int64(), errorCode: int16() }),
    }),
  },
)
export type DeleteRecordsResponse = MessageType<typeof deleteRecordsResponse>
