// ElectLeaders (API 43): has the controller elect preferred, or unclean, leaders.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const electLeadersRequest = defineRequest(
  'ElectLeaders',
  43,
  { versions: '0-2', flexible: '2+' },
  {
    electionType: int8('1+'),
    topicPartitions: array({ topic: string(), partitions: array(int32()) }, '0+', { nullable: '0+' }),
    timeoutMs: int32('0+', { default: 60000 }),
  },
)
export type ElectLeadersRequest = MessageType<typeof electLeadersRequest>

export const electLeadersResponse = defineResponse(
  'ElectLeaders',
  43,
  { versions: '0-2', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16('1+'),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({
        partitionId: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
      }),
    }),
  },
)
export type ElectLeadersResponse = MessageType<typeof electLeadersResponse>
