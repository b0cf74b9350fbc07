// DeleteShareGroupState (API 86): deletes the stored state of share partitions.
import { array, int16, int32, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteShareGroupStateRequest = defineRequest(
  'DeleteShareGroupState',
  86,
  { versions: '0', flexible: '0+' },
  { groupId: string(), topics: array({ topicId: uuid(), partitions: array({ partition: int32() }) }) },
)
export type DeleteShareGroupStateRequest = MessageType<typeof deleteShareGroupStateRequest>

export const deleteShareGroupStateResponse = defineResponse(
  'DeleteShareGroupState',
  86,
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
export type DeleteShareGroupStateResponse = MessageType<typeof deleteShareGroupStateResponse>
