// LeaderAndIsr (API 4): the controller tells a broker what it leads and follows. Only in ZooKeeper mode, up to Kafka 3.9.
import { array, bool, int16, int32, int64, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const leaderAndIsrPartitionState = {
  topicName: string('0-1', { ignorable: true }),
  partitionIndex: int32(),
  controllerEpoch: int32(),
  leader: int32(),
  leaderEpoch: int32(),
  isr: array(int32()),
  partitionEpoch: int32(),
  replicas: array(int32()),
  addingReplicas: array(int32(), '3+', { ignorable: true }),
  removingReplicas: array(int32(), '3+', { ignorable: true }),
  isNew: bool('1+', { ignorable: true }),
  leaderRecoveryState: int8('6+'),
}

export const leaderAndIsrRequest = defineRequest(
  'LeaderAndIsr',
  4,
  { versions: '0-7', flexible: '4+' },
  {
    controllerId: int32(),
    isKRaftController: bool('7+'),
    controllerEpoch: int32(),
    brokerEpoch: int64('2+', { default: -1n, ignorable: true }),
    type: int8('5+'),
    ungroupedPartitionStates: array(leaderAndIsrPartitionState, '0-1'),
    topicStates: array(
      {
        topicName: string(),
        topicId: uuid('5+', { ignorable: true }),
        partitionStates: array(leaderAndIsrPartitionState),
      },
      '2+',
    ),
    liveLeaders: array({ brokerId: int32(), hostName: string(), port: int32() }),
  },
)
export type LeaderAndIsrRequest = MessageType<typeof leaderAndIsrRequest>

const leaderAndIsrPartitionError = {
  topicName: string('0-4', { ignorable: true }),
  partitionIndex: int32(),
  errorCode: int16(),
}

export const leaderAndIsrResponse = defineResponse(
  'LeaderAndIsr',
  4,
  { versions: '0-7', flexible: '4+' },
  {
    errorCode: int16(),
    partitionErrors: array(leaderAndIsrPartitionError, '0-4'),
    topics: array({ topicId: uuid(), partitionErrors: array(leaderAndIsrPartitionError) }, '5+'),
  },
)
export type LeaderAndIsrResponse = MessageType<typeof leaderAndIsrResponse>
