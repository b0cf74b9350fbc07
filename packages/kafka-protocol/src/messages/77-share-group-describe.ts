// ShareGroupDescribe (API 77): state and members of share groups.
import { array, bool, int16, int32, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupDescribeRequest = defineRequest(
  'ShareGroupDescribe',
  77,
  { versions: '1', flexible: '0+' },
  { groupIds: array(string()), includeAuthorizedOperations: bool() },
)
export type ShareGroupDescribeRequest = MessageType<typeof shareGroupDescribeRequest>

const topicPartitions = { topicId: uuid(), topicName: string(), partitions: array(int32()) }
const assignment = { topicPartitions: array(topicPartitions) }

export const shareGroupDescribeResponse = defineResponse(
  'ShareGroupDescribe',
  77,
  { versions: '1', flexible: '0+' },
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
        rackId: string('0+', { nullable: '0+', default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        assignment: struct(assignment),
      }),
      authorizedOperations: int32('0+', { default: -0x8000_0000 }),
    }),
  },
)
export type ShareGroupDescribeResponse = MessageType<typeof shareGroupDescribeResponse>
