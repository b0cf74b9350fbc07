// AlterPartition (API 56): the leader of a partition asks the controller to change its in-sync replicas.
import { array, int16, int32, int64, int8, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterPartitionRequest = defineRequest(
  'AlterPartition',
  56,
  { versions: '2-3', flexible: '0+' },
  {
    brokerId: int32(),
    brokerEpoch: int64('0+', { default: -1n }),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32(), '0-2'),
        newIsrWithEpochs: array({ brokerId: int32(), brokerEpoch: int64('0+', { default: -1n }) }, '3+'),
        leaderRecoveryState: int8(),
        partitionEpoch: int32(),
      }),
    }),
  },
)
export type AlterPartitionRequest = MessageType<typeof alterPartitionRequest>

export const alterPartitionResponse = defineResponse(
  'AlterPartition',
  56,
  { versions: '2-3', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8(),
        partitionEpoch: int32(),
      }),
    }),
  },
)
export type AlterPartitionResponse = MessageType<typeof alterPartitionResponse>
