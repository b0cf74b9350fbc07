// AddRaftVoter (API 80): adds a voter to the KRaft quorum.
import { array, bool, int16, int32, string, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const addRaftVoterRequest = defineRequest(
  'AddRaftVoter',
  80,
  { versions: '0-1', flexible: '0+' },
  {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16() }),
    ackWhenCommitted: bool('1+', { default: true }),
  },
)
export type AddRaftVoterRequest = MessageType<typeof addRaftVoterRequest>

export const addRaftVoterResponse = defineResponse(
  'AddRaftVoter',
  80,
  { versions: '0-1', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) },
)
export type AddRaftVoterResponse = MessageType<typeof addRaftVoterResponse>
