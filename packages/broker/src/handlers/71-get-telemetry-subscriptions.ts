import type {
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse,
} from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'
import {
  getTelemetrySubscriptionsRequest,
  getTelemetrySubscriptionsResponse,
} from '@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'
import type { ApiHandler } from './api-handler.ts'

/** GetTelemetrySubscriptions, key 71 (KIP-714): which of its metrics a client is to push, and how often. v0 only. */
export const getTelemetrySubscriptionsHandler: ApiHandler<
  GetTelemetrySubscriptionsRequest,
  GetTelemetrySubscriptionsResponse
> = {
  request: getTelemetrySubscriptionsRequest,
  response: getTelemetrySubscriptionsResponse,
  minVersion: 0,
  maxVersion: 0,

  handle: ({ clientInstanceId }, { broker, clientId, connection }) =>
    broker.clientMetrics.instructions(clientInstanceId, clientId, connection),

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
