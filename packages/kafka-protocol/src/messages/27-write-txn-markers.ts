// WriteTxnMarkers (API 27): the transaction coordinator has the leaders end a transaction in their logs.
import { array, bool, int16, int32, int64, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const writeTxnMarkersRequest = defineRequest(
  'WriteTxnMarkers',
  27,
  { versions: '1-2', flexible: '1+' },
  {
    markers: array({
      producerId: int64(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({ name: string(), partitionIndexes: array(int32()) }),
      coordinatorEpoch: int32(),
      transactionVersion: int8('2+', { ignorable: true }),
    }),
  },
)
export type WriteTxnMarkersRequest = MessageType<typeof writeTxnMarkersRequest>

export const writeTxnMarkersResponse = defineResponse(
  'WriteTxnMarkers',
  27,
  { versions: '1-2', flexible: '1+' },
  {
    markers: array({
      producerId: int64(),
      topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
)
export type WriteTxnMarkersResponse = MessageType<typeof writeTxnMarkersResponse>
