// DescribeQuorum (API 55): leader, voters and observers of the KRaft quorum.
import { array, int16, int32, int64, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeQuorumRequest = defineRequest(
  'DescribeQuorum',
  55,
  { versions: '0-2', flexible: '0+' },
  { topics: array({ topicName: string(), partitions: array({ partitionIndex: int32() }) }) },
)
export type DescribeQuorumRequest = MessageType<typeof describeQuorumRequest>

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid('2+'),
  logEndOffset: int64(),
  lastFetchTimestamp: int64('1+', { default: -1n, ignorable: true }),
  lastCaughtUpTimestamp: int64('1+', { default: -1n, ignorable: true }),
}

export const describeQuorumResponse = defineResponse(
  'DescribeQuorum',
  55,
  { versions: '0-2', flexible: '0+' },
  {
    errorCode: int16(),
    errorMessage: string('2+', { nullable: '2+', ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('2+', { nullable: '2+', ignorable: true }),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: int64(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array({ nodeId: int32(), listeners: array({ name: string(), host: string(), port: uint16() }) }, '2+'),
  },
)
export type DescribeQuorumResponse = MessageType<typeof describeQuorumResponse>
