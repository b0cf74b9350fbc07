import { KafkaError } from '@odradek/kafka-protocol'
import type { SyncGroupRequest, SyncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import { syncError } from '../core/group/classic/classic-messages.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * SyncGroup, key 14. Answered when the leader's assignment is committed.
 * v3: group instance id. v4: flexible. v5: protocol type and name, both ways, and the client must send them (KIP-559).
 */
export const syncGroupHandler: ApiHandler<SyncGroupRequest, SyncGroupResponse> = {
  request: syncGroupRequest,
  response: syncGroupResponse,
  minVersion: 0,
  maxVersion: 5,

  async handle(request, { broker, apiVersion }) {
    const { groupId, generationId, memberId, groupInstanceId, protocolType, protocolName, assignments } = request
    if (apiVersion >= 5 && (protocolType === null || protocolName === null)) {
      throw new KafkaError('INCONSISTENT_GROUP_PROTOCOL')
    }
    return broker.groupCoordinator.sync({
      groupId,
      generationId,
      memberId,
      groupInstanceId,
      protocolType,
      protocolName,
      assignments,
    })
  },

  errorResponse: (_request, { errorCode }) => syncError(errorCode),
}
