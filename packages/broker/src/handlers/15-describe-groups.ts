import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { DescribeGroupsRequest, DescribeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import { describeGroupsRequest, describeGroupsResponse } from '@odradek/kafka-protocol/messages/15-describe-groups'
import type { GroupDescription } from '../core/group/classic/describe-group.ts'
import type { ApiHandler } from './api-handler.ts'
import { authorizedOperations as operationSets } from './authorized-operations.ts'
import type { RequestContext } from './request-context.ts'

/**
 * DescribeGroups, key 15.
 * v3: authorized operations (KIP-430). v4: group instance ids. v5: flexible. v6: a group that is not there is GROUP_ID_NOT_FOUND, with a
 * message (KIP-1043); before, it is a group in state Dead.
 */
export const describeGroupsHandler: ApiHandler<DescribeGroupsRequest, DescribeGroupsResponse> = {
  request: describeGroupsRequest,
  response: describeGroupsResponse,
  minVersion: 0,
  maxVersion: 6,

  handle(request, context) {
    const operations = request.includeAuthorizedOperations ? operationSets.group : operationSets.notAsked
    return {
      groups: request.groups.map((groupId) => {
        const described = describe(groupId, context)
        const authorizedOperations = described.errorCode === ErrorCode.NONE ? operations : operationSets.notAsked
        return { groupId, authorizedOperations, ...described }
      }),
    }
  },

  errorResponse: (request, { errorCode }) => ({
    groups: request.groups.map((groupId) => ({ groupId, errorCode, authorizedOperations: operationSets.notAsked })),
  }),
}

interface Described extends Partial<GroupDescription> {
  readonly errorCode: number
  readonly errorMessage?: string
}

function describe(groupId: string, { broker, apiVersion }: RequestContext): Described {
  try {
    const description = broker.groupCoordinator.describe(groupId)
    if (description !== undefined) return { errorCode: ErrorCode.NONE, ...description }
    return apiVersion < 6
      ? { errorCode: ErrorCode.NONE, groupState: 'Dead' }
      : {
          errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
          groupState: 'Dead',
          errorMessage: broker.groupCoordinator.has(groupId)
            ? `Group ${groupId} is not a classic group.`
            : `Group ${groupId} not found.`,
        }
  } catch (error) {
    if (error instanceof KafkaError) return { errorCode: error.errorCode }
    throw error
  }
}
