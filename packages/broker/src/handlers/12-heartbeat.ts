import type { HeartbeatRequest, HeartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import type { ApiHandler } from './api-handler.ts'

/** Heartbeat, key 12. v3: group instance id. v4: flexible. */
export const heartbeatHandler: ApiHandler<HeartbeatRequest, HeartbeatResponse> = {
  request: heartbeatRequest,
  response: heartbeatResponse,
  minVersion: 0,
  maxVersion: 4,

  async handle({ groupId, generationId, memberId, groupInstanceId }, { broker }) {
    return { errorCode: await broker.groupCoordinator.heartbeat({ groupId, generationId, memberId, groupInstanceId }) }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
