// ListGroups (API 16): the groups that a broker coordinates.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listGroupsRequest = defineRequest(
  'ListGroups',
  16,
  { versions: '0-5', flexible: '3+' },
  { statesFilter: array(string(), '4+'), typesFilter: array(string(), '5+') },
)
export type ListGroupsRequest = MessageType<typeof listGroupsRequest>

export const listGroupsResponse = defineResponse(
  'ListGroups',
  16,
  { versions: '0-5', flexible: '3+' },
  {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string('4+', { ignorable: true }),
      groupType: string('5+', { ignorable: true }),
    }),
  },
)
export type ListGroupsResponse = MessageType<typeof listGroupsResponse>
