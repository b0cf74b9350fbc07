// Heartbeat (API 12): a member of a classic group is alive.
import { int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const heartbeatRequest = defineRequest(
  'Heartbeat',
  12,
  { versions: '0-4', flexible: '4+' },
  {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
)
export type HeartbeatRequest = MessageType<typeof heartbeatRequest>

export const heartbeatResponse = defineResponse(
  'Heartbeat',
  12,
  { versions: '0-4', flexible: '4+' },
  { throttleTimeMs: int32('1+', { ignorable: true }), errorCode: int16() },
)
export type HeartbeatResponse = MessageType<typeof heartbeatResponse>
