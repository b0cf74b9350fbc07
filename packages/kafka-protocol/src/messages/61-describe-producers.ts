// DescribeProducers (API 61): the producers that a partition leader knows.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeProducersRequest = defineRequest(
  'DescribeProducers',
  61,
  { versions: '0', flexible: '0+' },
  { topics: array({ name: string(), partitionIndexes: array(int32()) }) },
)
export type DescribeProducersRequest = MessageType<typeof describeProducersRequest>

export const describeProducersResponse = defineResponse(
  'DescribeProducers',
  61,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        activeProducers: array({
          producerId: int64(),
          producerEpoch: int32(),
          lastSequence: int32('0+', { default: -1 }),
          lastTimestamp: int64('0+', { default: -1n }),
          coordinatorEpoch: int32(),
          currentTxnStartOffset: int64('0+', { default: -1n }),
        }),
      }),
    }),
  },
)
export type DescribeProducersResponse = MessageType<typeof describeProducersResponse>
