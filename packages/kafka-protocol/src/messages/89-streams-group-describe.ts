// StreamsGroupDescribe (API 89): state, members and topology of streams groups.
import { array, bool, int16, int32, int64, string, struct, uint16 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const streamsGroupDescribeRequest = defineRequest(
  'StreamsGroupDescribe',
  89,
  { versions: '0', flexible: '0+' },
  { groupIds: array(string()), includeAuthorizedOperations: bool() },
)
export type StreamsGroupDescribeRequest = MessageType<typeof streamsGroupDescribeRequest>

const endpoint = { host: string(), port: uint16() }
const taskOffset = { subtopologyId: string(), partition: int32(), offset: int64() }
const taskIds = { subtopologyId: string(), partitions: array(int32()) }
const assignment = { activeTasks: array(taskIds), standbyTasks: array(taskIds), warmupTasks: array(taskIds) }
const keyValue = { key: string(), value: string() }
const topicInfo = { name: string(), partitions: int32(), replicationFactor: int16(), topicConfigs: array(keyValue) }

export const streamsGroupDescribeResponse = defineResponse(
  'StreamsGroupDescribe',
  89,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    groups: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct(
        {
          epoch: int32(),
          subtopologies: array(
            {
              subtopologyId: string(),
              sourceTopics: array(string()),
              repartitionSinkTopics: array(string()),
              stateChangelogTopics: array(topicInfo),
              repartitionSourceTopics: array(topicInfo),
            },
            '0+',
            { nullable: '0+', default: null },
          ),
        },
        '0+',
        { nullable: '0+', default: null },
      ),
      members: array({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string('0+', { nullable: '0+', default: null }),
        rackId: string('0+', { nullable: '0+', default: null }),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: struct(endpoint, '0+', { nullable: '0+', default: null }),
        clientTags: array(keyValue),
        taskOffsets: array(taskOffset),
        taskEndOffsets: array(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32('0+', { default: -0x8000_0000 }),
    }),
  },
)
export type StreamsGroupDescribeResponse = MessageType<typeof streamsGroupDescribeResponse>
