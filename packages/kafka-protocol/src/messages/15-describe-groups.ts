// DescribeGroups (API 15): state, members and assignments of classic groups.
import { array, bool, bytes, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeGroupsRequest = defineRequest(
  'DescribeGroups',
  15,
  { versions: '0-6', flexible: '5+' },
  { groups: array(string()), includeAuthorizedOperations: bool('3+') },
)
export type DescribeGroupsRequest = MessageType<typeof describeGroupsRequest>

export const describeGroupsResponse = defineResponse(
  'DescribeGroups',
  15,
  { versions: '0-6', flexible: '5+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array({
      errorCode: int16(),
      errorMessage: string('6+', { nullable: '6+', default: null }),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: string('4+', { nullable: '4+', default: null, ignorable: true }),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32('3+', { default: -0x8000_0000 }),
    }),
  },
)
export type DescribeGroupsResponse = MessageType<typeof describeGroupsResponse>
