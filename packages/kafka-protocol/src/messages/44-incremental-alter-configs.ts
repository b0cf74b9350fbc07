// IncrementalAlterConfigs (API 44): sets, deletes, appends to and subtracts from configuration values.
import { array, bool, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const incrementalAlterConfigsRequest = defineRequest(
  'IncrementalAlterConfigs',
  44,
  { versions: '0-1', flexible: '1+' },
  {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), configOperation: int8(), value: string('0+', { nullable: '0+' }) }),
    }),
    validateOnly: bool(),
  },
)
export type IncrementalAlterConfigsRequest = MessageType<typeof incrementalAlterConfigsRequest>

export const incrementalAlterConfigsResponse = defineResponse(
  'IncrementalAlterConfigs',
  44,
  { versions: '0-1', flexible: '1+' },
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
export type IncrementalAlterConfigsResponse = MessageType<typeof incrementalAlterConfigsResponse>
