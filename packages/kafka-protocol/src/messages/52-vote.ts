// Vote (API 52): asks for a vote in an election of the KRaft quorum.
import { array, bool, int16, int32, int64, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const voteRequest = defineRequest(
  'Vote',
  52,
  { versions: '0-2', flexible: '0+' },
  {
    clusterId: string('0+', { nullable: '0+', default: null }),
    voterId: int32('1+', { default: -1, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        replicaEpoch: int32(),
        replicaId: int32(),
        replicaDirectoryId: uuid('1+', { ignorable: true }),
        voterDirectoryId: uuid('1+', { ignorable: true }),
        lastOffsetEpoch: int32(),
        lastOffset: int64(),
        preVote: bool('2+'),
      }),
    }),
  },
)
export type VoteRequest = MessageType<typeof voteRequest>

export const voteResponse = defineResponse(
  'Vote',
  52,
  { versions: '0-2', flexible: '0+' },
  {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        voteGranted: bool(),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }, '1+', { tag: 0 }),
  },
)
export type VoteResponse = MessageType<typeof voteResponse>
