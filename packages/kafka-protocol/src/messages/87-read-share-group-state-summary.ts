// ReadShareGroupStateSummary (API 87): reads where share partitions begin, without their records' states.
import { array, int16, int32, int64, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const readShareGroupStateSummaryRequest = defineRequest(
  'ReadShareGroupStateSummary',
  87,
  { versions: '0-1', flexible: '0+' },
  {
    groupId: string(),
    topics: array({ topicId: uuid(), partitions: array({ partition: int32(), leaderEpoch: int32() }) }),
  },
)
export type ReadShareGroupStateSummaryRequest = MessageType<typeof readShareGroupStateSummaryRequest>

export const readShareGroupStateSummaryResponse = defineResponse(
  'ReadShareGroupStateSummary',
  87,
  { versions: '0-1', flexible: '0+' },
  {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: int64(),
        deliveryCompleteCount: int32('1+', { default: -1, ignorable: true }),
      }),
    }),
  },
)
export type ReadShareGroupStateSummaryResponse = MessageType<typeof readShareGroupStateSummaryResponse>
