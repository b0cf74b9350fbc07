// StopReplica (API 5): the controller tells a broker to stop, or stop and delete, replicas. Only in ZooKeeper mode, up to Kafka 3.9.
import { array, bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const stopReplicaRequest = defineRequest(
  'StopReplica',
  5,
  { versions: '0-4', flexible: '2+' },
  {
    controllerId: int32(),
    isKRaftController: bool('4+'),
    controllerEpoch: int32(),
    brokerEpoch: int64('1+', { default: -1n, ignorable: true }),
    deletePartitions: bool('0-2'),
    ungroupedPartitions: array({ topicName: string(), partitionIndex: int32() }, '0'),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, '1-2'),
    topicStates: array(
      {
        topicName: string(),
        partitionStates: array({
          partitionIndex: int32(),
          leaderEpoch: int32('0+', { default: -1 }),
          deletePartition: bool(),
        }),
      },
      '3+',
    ),
  },
)
export type StopReplicaRequest = MessageType<typeof stopReplicaRequest>

export const stopReplicaResponse = defineResponse(
  'StopReplica',
  5,
  { versions: '0-4', flexible: '2+' },
  { errorCode: int16(), partitionErrors: array({ topicName: string(), partitionIndex: int32(), errorCode: int16() }) },
)
export type StopReplicaResponse = MessageType<typeof stopReplicaResponse>
