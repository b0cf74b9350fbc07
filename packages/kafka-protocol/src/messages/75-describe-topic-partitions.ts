// DescribeTopicPartitions (API 75): metadata of topics in pages.
import { array, bool, int16, int32, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeTopicPartitionsRequest = defineRequest(
  'DescribeTopicPartitions',
  75,
  { versions: '0', flexible: '0+' },
  {
    topics: array({ name: string() }),
    responsePartitionLimit: int32('0+', { default: 2000 }),
    cursor: struct({ topicName: string(), partitionIndex: int32() }, '0+', { nullable: '0+', default: null }),
  },
)
export type DescribeTopicPartitionsRequest = MessageType<typeof describeTopicPartitionsRequest>

export const describeTopicPartitionsResponse = defineResponse(
  'DescribeTopicPartitions',
  75,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    topics: array({
      errorCode: int16(),
      name: string('0+', { nullable: '0+' }),
      topicId: uuid(),
      isInternal: bool(),
      partitions: array({
        errorCode: int16(),
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32('0+', { default: -1 }),
        replicaNodes: array(int32()),
        isrNodes: array(int32()),
        eligibleLeaderReplicas: array(int32(), '0+', { nullable: '0+', default: null }),
        lastKnownElr: array(int32(), '0+', { nullable: '0+', default: null }),
        offlineReplicas: array(int32()),
      }),
      topicAuthorizedOperations: int32('0+', { default: -0x8000_0000 }),
    }),
    nextCursor: struct({ topicName: string(), partitionIndex: int32() }, '0+', { nullable: '0+', default: null }),
  },
)
export type DescribeTopicPartitionsResponse = MessageType<typeof describeTopicPartitionsResponse>
