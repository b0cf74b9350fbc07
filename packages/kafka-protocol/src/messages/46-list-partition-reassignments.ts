// ListPartitionReassignments (API 46): the partitions that are being moved.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listPartitionReassignmentsRequest = defineRequest(
  'ListPartitionReassignments',
  46,
  { versions: '0', flexible: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, '0+', { nullable: '0+', default: null }),
  },
)
export type ListPartitionReassignmentsRequest = MessageType<typeof listPartitionReassignmentsRequest>

export const listPartitionReassignmentsResponse = defineResponse(
  'ListPartitionReassignments',
  46,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32()),
        addingReplicas: array(int32()),
        removingReplicas: array(int32()),
      }),
    }),
  },
)
export type ListPartitionReassignmentsResponse = MessageType<typeof listPartitionReassignmentsResponse>
