// BeginQuorumEpoch (API 53): the new leader of the KRaft quorum announces itself.
import { array, int16, int32, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const beginQuorumEpochRequest = defineRequest(
  'BeginQuorumEpoch',
  53,
  { versions: '0-1', flexible: '1+' },
  {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        leaderId: int32(),
        leaderEpoch: int32(),
      }),
    }),
    leaderEndpoints: array({ name: string(), host: string(), port: uint16() }, '1+', { ignorable: true }),
  },
)
export type BeginQuorumEpochRequest = MessageType<typeof beginQuorumEpochRequest>

export const beginQuorumEpochResponse = defineResponse(
  'BeginQuorumEpoch',
  53,
  { versions: '0-1', flexible: '1+' },
  {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), leaderId: int32(), leaderEpoch: int32() }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }, '1+', { tag: 0 }),
  },
)
export type BeginQuorumEpochResponse = MessageType<typeof beginQuorumEpochResponse>
