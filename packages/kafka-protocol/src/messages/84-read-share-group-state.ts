// ReadShareGroupState (API 84): reads the stored state of share partitions.
import { array, int16, int32, int64, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const readShareGroupStateRequest = defineRequest(
  'ReadShareGroupState',
  84,
  { versions: '0', flexible: '0+' },
  {
    groupId: string(),
    topics: array({ topicId: uuid(), partitions: array({ partition: int32(), leaderEpoch: int32() }) }),
  },
)
export type ReadShareGroupStateRequest = MessageType<typeof readShareGroupStateRequest>

export const readShareGroupStateResponse = defineResponse(
  'ReadShareGroupState',
  84,
  { versions: '0', flexible: '0+' },
  {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32(),
        startOffset: int64(),
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
export type ReadShareGroupStateResponse = MessageType<typeof readShareGroupStateResponse>
