// ListConfigResources (API 74): names of configuration resources.
import { array, int16, int32, int8, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listConfigResourcesRequest = defineRequest(
  'ListConfigResources',
  74,
  { versions: '0-1', flexible: '0+' },
  { resourceTypes: array(int8(), '1+') },
)
export type ListConfigResourcesRequest = MessageType<typeof listConfigResourcesRequest>

export const listConfigResourcesResponse = defineResponse(
  'ListConfigResources',
  74,
  { versions: '0-1', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    configResources: array({ resourceName: string(), resourceType: int8('1+', { default: 16, ignorable: true }) }),
  },
)
export type ListConfigResourcesResponse = MessageType<typeof listConfigResourcesResponse>
