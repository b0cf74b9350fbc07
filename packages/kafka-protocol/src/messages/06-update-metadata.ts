// UpdateMetadata (API 6): the controller tells every broker what Metadata answers. Only in ZooKeeper mode, up to Kafka 3.9.
import { array, bool, int16, int32, int64, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const updateMetadataPartitionState = {
  topicName: string('0-4', { ignorable: true }),
  partitionIndex: int32(),
  controllerEpoch: int32(),
  leader: int32(),
  leaderEpoch: int32(),
  isr: array(int32()),
  zkVersion: int32(),
  replicas: array(int32()),
  offlineReplicas: array(int32(), '4+', { ignorable: true }),
}

export const updateMetadataRequest = defineRequest(
  'UpdateMetadata',
  6,
  { versions: '0-8', flexible: '6+' },
  {
    controllerId: int32(),
    isKRaftController: bool('8+'),
    type: int8('8+', { tag: 0 }),
    controllerEpoch: int32(),
    brokerEpoch: int64('5+', { default: -1n, ignorable: true }),
    ungroupedPartitionStates: array(updateMetadataPartitionState, '0-4'),
    topicStates: array(
      {
        topicName: string(),
        topicId: uuid('7+', { ignorable: true }),
        partitionStates: array(updateMetadataPartitionState),
      },
      '5+',
    ),
    liveBrokers: array({
      id: int32(),
      v0Host: string('0', { ignorable: true }),
      v0Port: int32('0', { ignorable: true }),
      endpoints: array(
        { port: int32(), host: string(), listener: string('3+', { ignorable: true }), securityProtocol: int16() },
        '1+',
        { ignorable: true },
      ),
      rack: string('2+', { nullable: '0+', ignorable: true }),
    }),
  },
)
export type UpdateMetadataRequest = MessageType<typeof updateMetadataRequest>

export const updateMetadataResponse = defineResponse(
  'UpdateMetadata',
  6,
  { versions: '0-8', flexible: '6+' },
  { errorCode: int16() },
)
export type UpdateMetadataResponse = MessageType<typeof updateMetadataResponse>
