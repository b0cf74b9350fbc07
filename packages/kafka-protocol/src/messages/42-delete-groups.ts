// DeleteGroups (API 42): deletes empty groups with their offsets.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteGroupsRequest = defineRequest(
  'DeleteGroups',
  42,
  { versions: '0-2', flexible: '2+' },
  { groupsNames: array(string()) },
)
export type DeleteGroupsRequest = MessageType<typeof deleteGroupsRequest>

export const deleteGroupsResponse = defineResponse(
  'DeleteGroups',
  42,
  { versions: '0-2', flexible: '2+' },
  { throttleTimeMs: int32(), results: array({ groupId: string(), errorCode: int16() }) },
)
export type DeleteGroupsResponse = MessageType<typeof deleteGroupsResponse>
