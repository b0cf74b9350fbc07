// JoinGroup (API 11): joins a classic group, or a rebalance of it.
import { array, bool, bytes, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const joinGroupRequest = defineRequest(
  'JoinGroup',
  11,
  { versions: '0-9', flexible: '6+' },
  {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    memberId: string(),
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    protocolType: string(),
    protocols: array({ name: string(), metadata: bytes() }),
    reason: string('8+', { nullable: '8+', default: null, ignorable: true }),
  },
)
export type JoinGroupRequest = MessageType<typeof joinGroupRequest>

export const joinGroupResponse = defineResponse(
  'JoinGroup',
  11,
  { versions: '0-9', flexible: '6+' },
  {
    throttleTimeMs: int32('2+', { ignorable: true }),
    errorCode: int16(),
    generationId: int32('0+', { default: -1 }),
    protocolType: string('7+', { nullable: '7+', default: null, ignorable: true }),
    protocolName: string('0+', { nullable: '7+' }),
    leader: string(),
    skipAssignment: bool('9+'),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string('5+', { nullable: '5+', default: null, ignorable: true }),
      metadata: bytes(),
    }),
  },
)
export type JoinGroupResponse = MessageType<typeof joinGroupResponse>
