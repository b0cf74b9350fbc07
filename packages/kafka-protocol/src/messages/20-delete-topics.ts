// DeleteTopics (API 20): deletes topics.
import { array, int16, int32, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteTopicsRequest = defineRequest(
  'DeleteTopics',
  20,
  { versions: '1-6', flexible: '4+' },
  {
    topics: array({ name: string('0+', { nullable: '6+', default: null }), topicId: uuid() }, '6+'),
    topicNames: array(string(), '0-5', { ignorable: true }),
    timeoutMs: int32(),
  },
)
export type DeleteTopicsRequest = MessageType<typeof deleteTopicsRequest>

export const deleteTopicsResponse = defineResponse(
  'DeleteTopics',
  20,
  { versions: '1-6', flexible: '4+' },
  {
    throttleTimeMs: int32(),
    responses: array({
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+', { ignorable: true }),
      errorCode: int16(),
      errorMessage: string('5+', { nullable: '5+', default: null, ignorable: true }),
    }),
  },
)
export type DeleteTopicsResponse = MessageType<typeof deleteTopicsResponse>
