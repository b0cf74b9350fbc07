// DescribeAcls (API 29): finds access rules.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeAclsRequest = defineRequest(
  'DescribeAcls',
  29,
  { versions: '1-3', flexible: '2+' },
  {
    resourceTypeFilter: int8(),
    resourceNameFilter: string('0+', { nullable: '0+' }),
    patternTypeFilter: int8('0+', { default: 3 }),
    principalFilter: string('0+', { nullable: '0+' }),
    hostFilter: string('0+', { nullable: '0+' }),
    operation: int8(),
    permissionType: int8(),
  },
)
export type DescribeAclsRequest = MessageType<typeof describeAclsRequest>

export const describeAclsResponse = defineResponse(
  'DescribeAcls',
  29,
  { versions: '1-3', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      patternType: int8('0+', { default: 3 }),
      acls: array({ principal: string(), host: string(), operation: int8(), permissionType: int8() }),
    }),
  },
)
export type DescribeAclsResponse = MessageType<typeof describeAclsResponse>
