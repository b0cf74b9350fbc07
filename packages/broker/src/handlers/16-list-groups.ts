import { ErrorCode } from '@odradek/kafka-protocol'
import type { ListGroupsRequest, ListGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import { listGroupsRequest, listGroupsResponse } from '@odradek/kafka-protocol/messages/16-list-groups'
import type { GroupListing } from '../core/group/group-shard.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * ListGroups, key 16: the groups that this broker coordinates.
 * v3: flexible. v4: states, as a filter and in the answer (KIP-518). v5: types, likewise: classic or consumer (KIP-848).
 */
export const listGroupsHandler: ApiHandler<ListGroupsRequest, ListGroupsResponse> = {
  request: listGroupsRequest,
  response: listGroupsResponse,
  minVersion: 0,
  maxVersion: 5,

  handle({ statesFilter, typesFilter }, { broker }) {
    const { groups, isLoading } = broker.groupCoordinator.list()
    const states = new Set(statesFilter.map((state) => state.toLowerCase()))
    const types = new Set(typesFilter.map((type) => type.toLowerCase()))
    const isListed = ({ groupState, groupType }: GroupListing): boolean =>
      (states.size === 0 || states.has(groupState.toLowerCase())) && (types.size === 0 || types.has(groupType))
    return {
      errorCode: isLoading ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NONE,
      groups: groups.filter(isListed),
    }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode, groups: [] }),
}
