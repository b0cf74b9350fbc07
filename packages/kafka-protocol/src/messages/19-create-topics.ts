// CreateTopics (API 19): creates topics.
import { array, bool, int16, int32, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const createTopicsRequest = defineRequest(
  'CreateTopics',
  19,
  { versions: '2-7', flexible: '5+' },
  {
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({ partitionIndex: int32(), brokerIds: array(int32()) }),
      configs: array({ name: string(), value: string('0+', { nullable: '0+' }) }),
    }),
    timeoutMs: int32('0+', { default: 60000 }),
    validateOnly: bool(),
  },
)
export type CreateTopicsRequest = MessageType<typeof createTopicsRequest>

export const createTopicsResponse = defineResponse(
  'CreateTopics',
  19,
  { versions: '2-7', flexible: '5+' },
  {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      topicId: uuid('7+', { ignorable: true }),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      topicConfigErrorCode: int16('5+', { tag: 0, ignorable: true }),
      numPartitions: int32('5+', { default: -1, ignorable: true }),
      replicationFactor: int16('5+', { default: -1, ignorable: true }),
      configs: array(
        {
          name: string(),
          value: string('0+', { nullable: '5+' }),
          readOnly: bool(),
          configSource: int8('0+', { default: -1 }),
          isSensitive: bool(),
        },
        '5+',
        { nullable: '5+', ignorable: true },
      ),
    }),
  },
)
export type CreateTopicsResponse = MessageType<typeof createTopicsResponse>
