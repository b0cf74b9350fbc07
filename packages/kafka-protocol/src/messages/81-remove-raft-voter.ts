// RemoveRaftVoter (API 81): removes a voter from the KRaft quorum.
import { int16, int32, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const removeRaftVoterRequest = defineRequest(
  'RemoveRaftVoter',
  81,
  { versions: '0', flexible: '0+' },
  { clusterId: string('0+', { nullable: '0+' }), voterId: int32(), voterDirectoryId: uuid() },
)
export type RemoveRaftVoterRequest = MessageType<typeof removeRaftVoterRequest>

export const removeRaftVoterResponse = defineResponse(
  'RemoveRaftVoter',
  81,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) },
)
export type RemoveRaftVoterResponse = MessageType<typeof removeRaftVoterResponse>
