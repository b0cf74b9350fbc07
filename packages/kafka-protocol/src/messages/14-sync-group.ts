// SyncGroup (API 14): the leader hands out the assignment of a classic group, the others receive theirs.
import { array, bytes, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const syncGroupRequest = defineRequest(
  'SyncGroup',
  14,
  { versions: '0-5', flexible: '4+' },
  {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignments: array({ memberId: string(), assignment: bytes() }),
  },
)
export type SyncGroupRequest = MessageType<typeof syncGroupRequest>

export const syncGroupResponse = defineResponse(
  'SyncGroup',
  14,
  { versions: '0-5', flexible: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16(),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignment: bytes(),
  },
)
export type SyncGroupResponse = MessageType<typeof syncGroupResponse>
