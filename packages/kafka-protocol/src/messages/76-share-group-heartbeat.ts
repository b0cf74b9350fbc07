// ShareGroupHeartbeat (API 76): joins, keeps up and leaves a share group (KIP-932).
import { array, int16, int32, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const shareGroupHeartbeatRequest = defineRequest(
  'ShareGroupHeartbeat',
  76,
  { versions: '1', flexible: '0+' },
  {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    rackId: string('0+', { nullable: '0+', default: null }),
    subscribedTopicNames: array(string(), '0+', { nullable: '0+', default: null }),
  },
)
export type ShareGroupHeartbeatRequest = MessageType<typeof shareGroupHeartbeatRequest>

const topicPartitions = { topicId: uuid(), partitions: array(int32()) }

export const shareGroupHeartbeatResponse = defineResponse(
  'ShareGroupHeartbeat',
  76,
  { versions: '1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+', default: null }),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct({ topicPartitions: array(topicPartitions) }, '0+', { nullable: '0+', default: null }),
  },
)
export type ShareGroupHeartbeatResponse = MessageType<typeof shareGroupHeartbeatResponse>
