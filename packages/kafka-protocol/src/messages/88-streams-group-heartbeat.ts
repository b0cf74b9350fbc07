// StreamsGroupHeartbeat (API 88): joins, keeps up and leaves a streams group (KIP-1071).
import { array, bool, int16, int32, int64, int8, string, struct, uint16 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const keyValue = { key: string(), value: string() }
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) }
const requestEndpoint = { host: string(), port: uint16() }
const taskOffset = { subtopologyId: string(), partition: int32(), offset: int64() }
const requestTaskIds = { subtopologyId: string(), partitions: array(int32()) }

export const streamsGroupHeartbeatRequest = defineRequest(
  'StreamsGroupHeartbeat',
  88,
  { versions: '0', flexible: '0+' },
  {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topology: struct(
      {
        epoch: int32(),
        subtopologies: array({
          subtopologyId: string(),
          sourceTopics: array(string()),
          sourceTopicRegex: array(string()),
          stateChangelogTopics: array(topicInfo),
          repartitionSinkTopics: array(string()),
          repartitionSourceTopics: array(topicInfo),
          copartitionGroups: array({
            sourceTopics: array(int16()),
            sourceTopicRegex: array(int16()),
            repartitionSourceTopics: array(int16()),
          }),
        }),
      },
      '0+',
      { nullable: '0+', default: null },
    ),
    activeTasks: array(requestTaskIds, '0+', { nullable: '0+', default: null }),
    standbyTasks: array(requestTaskIds, '0+', { nullable: '0+', default: null }),
    warmupTasks: array(requestTaskIds, '0+', { nullable: '0+', default: null }),
    processId: string('0+', { nullable: '0+', default: null }),
    userEndpoint: struct(requestEndpoint, '0+', { nullable: '0+', default: null }),
    clientTags: array(keyValue, '0+', { nullable: '0+', default: null }),
    taskOffsets: array(taskOffset, '0+', { nullable: '0+', default: null }),
    taskEndOffsets: array(taskOffset, '0+', { nullable: '0+', default: null }),
    shutdownApplication: bool(),
  },
)
export type StreamsGroupHeartbeatRequest = MessageType<typeof streamsGroupHeartbeatRequest>

const status = { statusCode: int8(), statusDetail: string() }
const topicPartition = { topic: string(), partitions: array(int32()) }
const responseTaskIds = { subtopologyId: string(), partitions: array(int32()) }
const responseEndpoint = { host: string(), port: uint16() }

export const streamsGroupHeartbeatResponse = defineResponse(
  'StreamsGroupHeartbeat',
  88,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLag: int32(),
    taskOffsetIntervalMs: int32(),
    status: array(status, '0+', { nullable: '0+' }),
    activeTasks: array(responseTaskIds, '0+', { nullable: '0+', default: null }),
    standbyTasks: array(responseTaskIds, '0+', { nullable: '0+', default: null }),
    warmupTasks: array(responseTaskIds, '0+', { nullable: '0+', default: null }),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: array(
      {
        userEndpoint: struct(responseEndpoint),
        activePartitions: array(topicPartition),
        standbyPartitions: array(topicPartition),
      },
      '0+',
      { nullable: '0+', default: null },
    ),
  },
)
export type StreamsGroupHeartbeatResponse = MessageType<typeof streamsGroupHeartbeatResponse>
