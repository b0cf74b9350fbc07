// ConsumerGroupDescribe (API 69): state and members of groups of the new consumer protocol.
import { array, bool, int16, int32, int8, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupDescribeRequest = defineRequest(
  'ConsumerGroupDescribe',
  69,
  { versions: '0-1', flexible: '0+' },
  { groupIds: array(string()), includeAuthorizedOperations: bool() },
)
export type ConsumerGroupDescribeRequest = MessageType<typeof consumerGroupDescribeRequest>

const topicPartitions = { topicId: uuid(), topicName: string(), partitions: array(int32()) }
const assignment = { topicPartitions: array(topicPartitions) }

export const consumerGroupDescribeResponse = defineResponse(
  'ConsumerGroupDescribe',
  69,
  { versions: '0-1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    groups: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array({
        memberId: string(),
        instanceId: string('0+', { nullable: '0+', default: null }),
        rackId: string('0+', { nullable: '0+', default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        subscribedTopicRegex: string('0+', { nullable: '0+', default: null }),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        memberType: int8('1+', { default: -1, ignorable: true }),
      }),
      authorizedOperations: int32('0+', { default: -0x8000_0000 }),
    }),
  },
)
export type ConsumerGroupDescribeResponse = MessageType<typeof consumerGroupDescribeResponse>
