import type { JoinGroupRequest, JoinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import type { JoinReply } from '../core/group/classic/classic-messages.ts'
import { joinError } from '../core/group/classic/classic-messages.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * JoinGroup, key 11. Answered when the rebalance is over.
 * v0: the session timeout is the rebalance timeout too. v1: a rebalance timeout of its own. v4: a new dynamic member is first given its id, with MEMBER_ID_REQUIRED (KIP-394).
 * v5: group instance id (KIP-345). v6: flexible. v7: protocol type in the answer, both protocol fields nullable (KIP-559).
 * v8: reason (KIP-800). v9: skipAssignment in the answer (KIP-814).
 */
export const joinGroupHandler: ApiHandler<JoinGroupRequest, JoinGroupResponse> = {
  request: joinGroupRequest,
  response: joinGroupResponse,
  minVersion: 0,
  maxVersion: 9,

  async handle(request, { broker, apiVersion, clientId, connection }) {
    const reply = await broker.groupCoordinator.join({
      groupId: request.groupId,
      memberId: request.memberId,
      groupInstanceId: request.groupInstanceId,
      requireKnownMemberId: apiVersion >= 4 && request.groupInstanceId === null,
      supportsSkippingAssignment: apiVersion >= 9,
      clientId: clientId ?? '',
      clientHost: connection.clientHost,
      rebalanceTimeoutMs: apiVersion === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
      sessionTimeoutMs: request.sessionTimeoutMs,
      protocolType: request.protocolType,
      protocols: request.protocols,
      reason: request.reason,
    })
    return responseOf(reply, apiVersion)
  },

  errorResponse: (request, { errorCode }, { apiVersion }) =>
    responseOf(joinError(errorCode, request.memberId), apiVersion),
}

function responseOf(reply: JoinReply, apiVersion: number) {
  // No protocol is an empty name before it can be null.
  const protocolName =
    apiVersion < 7 ? (reply.protocolName ?? '') : reply.protocolName === '' ? null : reply.protocolName
  return { ...reply, protocolName }
}
