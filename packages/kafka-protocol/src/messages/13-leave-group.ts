// LeaveGroup (API 13): members leave a classic group.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const leaveGroupRequest = defineRequest(
  'LeaveGroup',
  13,
  { versions: '0-5', flexible: '4+' },
  {
    groupId: string(),
    memberId: string('0-2'),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string('0+', { nullable: '3+', default: null }),
        reason: string('5+', { nullable: '5+', default: null, ignorable: true }),
      },
      '3+',
    ),
  },
)
export type LeaveGroupRequest = MessageType<typeof leaveGroupRequest>

export const leaveGroupResponse = defineResponse(
  'LeaveGroup',
  13,
  { versions: '0-5', flexible: '4+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16(),
    members: array({ memberId: string(), groupInstanceId: string('0+', { nullable: '3+' }), errorCode: int16() }, '3+'),
  },
)
export type LeaveGroupResponse = MessageType<typeof leaveGroupResponse>
