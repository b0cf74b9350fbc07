// DeleteAcls (API 31): removes access rules.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const deleteAclsRequest = defineRequest(
  'DeleteAcls',
  31,
  { versions: '1-3', flexible: '2+' },
  {
    filters: array({
      resourceTypeFilter: int8(),
      resourceNameFilter: string('0+', { nullable: '0+' }),
      patternTypeFilter: int8('0+', { default: 3 }),
      principalFilter: string('0+', { nullable: '0+' }),
      hostFilter: string('0+', { nullable: '0+' }),
      operation: int8(),
      permissionType: int8(),
    }),
  },
)
export type DeleteAclsRequest = MessageType<typeof deleteAclsRequest>

export const deleteAclsResponse = defineResponse(
  'DeleteAcls',
  31,
  { versions: '1-3', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    filterResults: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      matchingAcls: array({
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+' }),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8('0+', { default: 3 }),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
)
export type DeleteAclsResponse = MessageType<typeof deleteAclsResponse>
