// GetTelemetrySubscriptions (API 71): which metrics a client shall push (KIP-714).
import { array, bool, int16, int32, int8, string, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const getTelemetrySubscriptionsRequest = defineRequest(
  'GetTelemetrySubscriptions',
  71,
  { versions: '0', flexible: '0+' },
  { clientInstanceId: uuid() },
)
export type GetTelemetrySubscriptionsRequest = MessageType<typeof getTelemetrySubscriptionsRequest>

export const getTelemetrySubscriptionsResponse = defineResponse(
  'GetTelemetrySubscriptions',
  71,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    acceptedCompressionTypes: array(int8()),
    pushIntervalMs: int32(),
    telemetryMaxBytes: int32(),
    deltaTemporality: bool(),
    requestedMetrics: array(string()),
  },
)
export type GetTelemetrySubscriptionsResponse = MessageType<typeof getTelemetrySubscriptionsResponse>
