// AlterPartitionReassignments (API 45): begins or cancels moving partitions between brokers.
import { array, bool, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterPartitionReassignmentsRequest = defineRequest(
  'AlterPartitionReassignments',
  45,
  { versions: '0-1', flexible: '0+' },
  {
    timeoutMs: int32('0+', { default: 60000 }),
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), replicas: array(int32(), '0+', { nullable: '0+', default: null }) }),
    }),
  },
)
export type AlterPartitionReassignmentsRequest = MessageType<typeof alterPartitionReassignmentsRequest>

export const alterPartitionReassignmentsResponse = defineResponse(
  'AlterPartitionReassignments',
  45,
  { versions: '0-1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    allowReplicationFactorChange: bool('1+', { default: true, ignorable: true }),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    responses: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type AlterPartitionReassignmentsResponse = MessageType<typeof alterPartitionReassignmentsResponse>
