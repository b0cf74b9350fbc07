import { KafkaError } from '@odradek/kafka-protocol'
import type { DeleteGroupsRequest, DeleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import { deleteGroupsRequest, deleteGroupsResponse } from '@odradek/kafka-protocol/messages/42-delete-groups'
import type { ApiHandler } from './api-handler.ts'

/** DeleteGroups, key 42: groups without members, with all their offsets. v2: flexible. */
export const deleteGroupsHandler: ApiHandler<DeleteGroupsRequest, DeleteGroupsResponse> = {
  request: deleteGroupsRequest,
  response: deleteGroupsResponse,
  minVersion: 0,
  maxVersion: 2,

  async handle(request, { broker }) {
    const groupIds = [...new Set(request.groupsNames)]
    const deleteOne = async (groupId: string): Promise<{ groupId: string; errorCode: number }> => {
      try {
        return { groupId, errorCode: await broker.groupCoordinator.deleteGroup(groupId) }
      } catch (error) {
        if (error instanceof KafkaError) return { groupId, errorCode: error.errorCode }
        throw error
      }
    }
    return { results: await Promise.all(groupIds.map(deleteOne)) }
  },

  errorResponse: (request, { errorCode }) => ({
    results: [...new Set(request.groupsNames)].map((groupId) => ({ groupId, errorCode })),
  }),
}
