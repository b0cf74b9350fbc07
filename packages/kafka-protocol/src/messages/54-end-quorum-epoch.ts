// EndQuorumEpoch (API 54): the leader of the KRaft quorum resigns.
import { array, int16, int32, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const endQuorumEpochRequest = defineRequest(
  'EndQuorumEpoch',
  54,
  { versions: '0-1', flexible: '1+' },
  {
    clusterId: string('0+', { nullable: '0+', default: null }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32(),
        preferredSuccessors: array(int32(), '0', { ignorable: true }),
        preferredCandidates: array({ candidateId: int32(), candidateDirectoryId: uuid() }, '1+', { ignorable: true }),
      }),
    }),
    leaderEndpoints: array({ name: string(), host: string(), port: uint16() }, '1+', { ignorable: true }),
  },
)
export type EndQuorumEpochRequest = MessageType<typeof endQuorumEpochRequest>

export const endQuorumEpochResponse = defineResponse(
  'EndQuorumEpoch',
  54,
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
export type EndQuorumEpochResponse = MessageType<typeof endQuorumEpochResponse>
