// AlterConfigs (API 33): replaces the configuration of topics and brokers; see IncrementalAlterConfigs.
import { array, bool, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const alterConfigsRequest = defineRequest(
  'AlterConfigs',
  33,
  { versions: '0-2', flexible: '2+' },
  {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), value: string('0+', { nullable: '0+' }) }),
    }),
    validateOnly: bool(),
  },
)
export type AlterConfigsRequest = MessageType<typeof alterConfigsRequest>

export const alterConfigsResponse = defineResponse(
  'AlterConfigs',
  33,
  { versions: '0-2', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    responses: array({
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
)
export type AlterConfigsResponse = MessageType<typeof alterConfigsResponse>
