import type { PushTelemetryRequest, PushTelemetryResponse } from '@odradek/kafka-protocol/messages/72-push-telemetry'
import { pushTelemetryRequest, pushTelemetryResponse } from '@odradek/kafka-protocol/messages/72-push-telemetry'
import type { ApiHandler } from './api-handler.ts'

/** PushTelemetry, key 72 (KIP-714): metrics of a client, shown among the broker's own. v0 only. */
export const pushTelemetryHandler: ApiHandler<PushTelemetryRequest, PushTelemetryResponse> = {
  request: pushTelemetryRequest,
  response: pushTelemetryResponse,
  minVersion: 0,
  maxVersion: 0,

  handle: (request, { broker, clientId, connection }) => ({
    errorCode: broker.clientMetrics.push(request, clientId, connection),
  }),

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
