// WriteShareGroupState (API 85): stores the state of share partitions.
import { array, int16, int32, int64, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const writeShareGroupStateRequest = defineRequest(
  'WriteShareGroupState',
  85,
  { versions: '0-1', flexible: '0+' },
  {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: int64(),
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
        stateBatches: array({
          firstOffset: int64(),
          lastOffset: int64(),
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
    }),
  },
)
export type WriteShareGroupStateRequest = MessageType<typeof writeShareGroupStateRequest>

export const writeShareGroupStateResponse = defineResponse(
  'WriteShareGroupState',
  85,
  { versions: '0-1', flexible: '0+' },
  {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
)
export type WriteShareGroupStateResponse = MessageType<typeof writeShareGroupStateResponse>
