import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import type { ApiHandler } from './api-handler.ts'

/**
 * ConsumerGroupHeartbeat, key 68 (KIP-848): all that a member of a group of the consumer protocol says and hears. v1: regular expressions, and
 * members choose their ids themselves (KIP-1082).
 */
export const consumerGroupHeartbeatHandler: ApiHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> =
  {
    request: consumerGroupHeartbeatRequest,
    response: consumerGroupHeartbeatResponse,
    minVersion: 0,
    maxVersion: 1,

    handle(request, { broker, apiVersion, clientId, connection }) {
      const { topicPartitions, ...rest } = request
      return broker.groupCoordinator.consumerHeartbeat(
        { ...rest, owned: topicPartitions, clientId: clientId ?? '', clientHost: connection.clientHost },
        apiVersion,
      )
    },

    errorResponse: (_request, { errorCode, message }) => ({ errorCode, errorMessage: message }),
  }
