import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import {
  allocateProducerIdsRequest,
  allocateProducerIdsResponse,
} from '@odradek/kafka-protocol/messages/67-allocate-producer-ids'
import type { ApiHandler } from './api-handler.ts'

/** AllocateProducerIds, key 67: a broker asks the controller for its next thousand producer ids (KIP-730). */
export const allocateProducerIdsHandler: ApiHandler<AllocateProducerIdsRequest, AllocateProducerIdsResponse> = {
  request: allocateProducerIdsRequest,
  response: allocateProducerIdsResponse,
  minVersion: 0,
  maxVersion: 0,

  handle: (request, { broker }) => broker.controller.allocateProducerIds(request),

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
