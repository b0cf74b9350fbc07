// CreateAcls (API 30): adds access rules.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const createAclsRequest = defineRequest(
  'CreateAcls',
  30,
  { versions: '1-3', flexible: '2+' },
  {
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8('0+', { default: 3 }),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
)
export type CreateAclsRequest = MessageType<typeof createAclsRequest>

export const createAclsResponse = defineResponse(
  'CreateAcls',
  30,
  { versions: '1-3', flexible: '2+' },
  { throttleTimeMs: int32(), results: array({ errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) }) },
)
export type CreateAclsResponse = MessageType<typeof createAclsResponse>
