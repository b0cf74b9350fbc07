// ConsumerGroupHeartbeat (API 68): joins, keeps up and leaves a group of the new consumer protocol (KIP-848).
import { array, int16, int32, string, struct, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const consumerGroupHeartbeatRequest = defineRequest(
  'ConsumerGroupHeartbeat',
  68,
  { versions: '0-1', flexible: '0+' },
  {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    subscribedTopicNames: array(string(), '0+', { nullable: '0+', default: null }),
    subscribedTopicRegex: string('1+', { nullable: '1+', default: null }),
    serverAssignor: string('0+', { nullable: '0+', default: null }),
    topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }, '0+', { nullable: '0+', default: null }),
  },
)
export type ConsumerGroupHeartbeatRequest = MessageType<typeof consumerGroupHeartbeatRequest>

const topicPartitions = { topicId: uuid(), partitions: array(int32()) }

export const consumerGroupHeartbeatResponse = defineResponse(
  'ConsumerGroupHeartbeat',
  68,
  { versions: '0-1', flexible: '0+' },
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
export type ConsumerGroupHeartbeatResponse = MessageType<typeof consumerGroupHeartbeatResponse>
