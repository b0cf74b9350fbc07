import type {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import {
  controlledShutdownRequest,
  controlledShutdownResponse,
} from '@odradek/kafka-protocol/messages/07-controlled-shutdown'
import type { ApiHandler } from './api-handler.ts'

/** ControlledShutdown, key 7: a broker that wants to stop asks the controller to move its leaderships. v2: broker epoch; v3: flexible. */
export const controlledShutdownHandler: ApiHandler<ControlledShutdownRequest, ControlledShutdownResponse> = {
  request: controlledShutdownRequest,
  response: controlledShutdownResponse,
  minVersion: 0,
  maxVersion: 3,

  handle: (request, { broker, apiVersion }) => broker.controller.controlledShutdown(request, apiVersion),

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
