// CreatePartitions (API 37): adds partitions to topics.
import { array, bool, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const createPartitionsRequest = defineRequest(
  'CreatePartitions',
  37,
  { versions: '0-3', flexible: '2+' },
  {
    topics: array({
      name: string(),
      count: int32(),
      assignments: array({ brokerIds: array(int32()) }, '0+', { nullable: '0+' }),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  },
)
export type CreatePartitionsRequest = MessageType<typeof createPartitionsRequest>

export const createPartitionsResponse = defineResponse(
  'CreatePartitions',
  37,
  { versions: '0-3', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
)
export type CreatePartitionsResponse = MessageType<typeof createPartitionsResponse>
