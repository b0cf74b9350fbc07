// InitializeShareGroupState (API 83): begins the stored state of share partitions.
import { array, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const initializeShareGroupStateRequest = defineRequest(
  'InitializeShareGroupState',
  83,
  { versions: '0', flexible: '0+' },
  {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), stateEpoch: int32(), startOffset: int64() }),
    }),
  },
)
export type InitializeShareGroupStateRequest = MessageType<typeof initializeShareGroupStateRequest>

export const initializeShareGroupStateResponse = defineResponse(
  'InitializeShareGroupState',
  83,
  { versions: '0', flexible: '0+' },
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
export type InitializeShareGroupStateResponse = MessageType<typeof initializeShareGroupStateResponse>
