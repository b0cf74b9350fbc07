// ListClientMetricsResources (API 74): names of client metrics subscriptions: what became ListConfigResources in Kafka 4.1.
import { array, int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listClientMetricsResourcesRequest = defineRequest(
  'ListClientMetricsResources',
  74,
  { versions: '0', flexible: '0+' },
  {},
)
export type ListClientMetricsResourcesRequest = MessageType<typeof listClientMetricsResourcesRequest>

export const listClientMetricsResourcesResponse = defineResponse(
  'ListClientMetricsResources',
  74,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), clientMetricsResources: array({ name: string() }) },
)
export type ListClientMetricsResourcesResponse = MessageType<typeof listClientMetricsResourcesResponse>
