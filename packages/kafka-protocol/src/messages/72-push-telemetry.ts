// PushTelemetry (API 72): metrics of a client (KIP-714).
import { bool, bytes, int16, int32, int8, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const pushTelemetryRequest = defineRequest(
  'PushTelemetry',
  72,
  { versions: '0', flexible: '0+' },
  { clientInstanceId: uuid(), subscriptionId: int32(), terminating: bool(), compressionType: int8(), metrics: bytes() },
)
export type PushTelemetryRequest = MessageType<typeof pushTelemetryRequest>

export const pushTelemetryResponse = defineResponse(
  'PushTelemetry',
  72,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16() },
)
export type PushTelemetryResponse = MessageType<typeof pushTelemetryResponse>
