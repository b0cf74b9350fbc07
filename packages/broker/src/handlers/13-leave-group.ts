import type { LeaveGroupRequest, LeaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import type { ApiHandler } from './api-handler.ts'

/**
 * LeaveGroup, key 13.
 * v0-2: one member, its error at the top. v3: many members, also by instance id alone, each with its error (KIP-345). v4: flexible. v5: reasons (KIP-800).
 */
export const leaveGroupHandler: ApiHandler<LeaveGroupRequest, LeaveGroupResponse> = {
  request: leaveGroupRequest,
  response: leaveGroupResponse,
  minVersion: 0,
  maxVersion: 5,

  async handle(request, { broker, apiVersion }) {
    const leaving =
      apiVersion >= 3 ? request.members : [{ memberId: request.memberId, groupInstanceId: null, reason: null }]
    const { errorCode, members } = await broker.groupCoordinator.leave(request.groupId, leaving)
    return apiVersion >= 3 ? { errorCode, members } : { errorCode: members[0]?.errorCode ?? errorCode }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode, members: [] }),
}
