import { ErrorCode, errorOf } from '@odradek/kafka-protocol'
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { findCoordinatorRequest, findCoordinatorResponse } from '@odradek/kafka-protocol/messages/10-find-coordinator'
import { OFFSETS_TOPIC } from '../core/topics/topic-name.ts'
import type { ApiHandler } from './api-handler.ts'
import type { RequestContext } from './request-context.ts'

/**
 * FindCoordinator, key 10.
 * v0: groups only. v1: key type (0 group, 1 transaction) and an error message. v3: flexible. v4: many keys at once (KIP-699), each with its error.
 * v5: as v4; TRANSACTION_ABORTABLE may come (KIP-890). v6: as v5; key type 2, share groups (KIP-932), which have no coordinator here.
 */
export const findCoordinatorHandler: ApiHandler<FindCoordinatorRequest, FindCoordinatorResponse> = {
  request: findCoordinatorRequest,
  response: findCoordinatorResponse,
  minVersion: 0,
  maxVersion: 6,

  handle(request, context) {
    if (context.apiVersion >= 4) {
      return { coordinators: request.coordinatorKeys.map((key) => coordinatorOf(request.keyType, key, context)) }
    }
    return coordinatorOf(request.keyType, request.key, context)
  },

  errorResponse(request, { errorCode, message }, { apiVersion }) {
    const nobody = { ...noNode, errorCode, errorMessage: message }
    return apiVersion >= 4 ? { coordinators: request.coordinatorKeys.map((key) => ({ ...nobody, key })) } : nobody
  },
}

const keyTypes = { group: 0, transaction: 1, share: 2 }
const noNode = { nodeId: -1, host: '', port: -1 }

interface Coordinator {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage: string | null
}

function coordinatorOf(keyType: number, key: string, context: RequestContext): Coordinator {
  switch (keyType) {
    case keyTypes.group:
      return groupCoordinatorOf(key, context)
    case keyTypes.transaction:
      // Not COORDINATOR_NOT_AVAILABLE: that asks the producer to come again until its time is up.
      return refusal(
        key,
        ErrorCode.INVALID_REQUEST,
        'this broker has no transaction coordinator: transactional.id cannot be used with it',
      )
    case keyTypes.share:
      return refusal(key, ErrorCode.INVALID_REQUEST, 'this broker has no coordinator of share groups')
    default:
      return refusal(key, ErrorCode.INVALID_REQUEST, `there is no coordinator of type ${keyType}`)
  }
}

/** The leader of the group's partition of `__consumer_offsets`, which comes into being when the first group is looked for. */
function groupCoordinatorOf(groupId: string, { broker, connection }: RequestContext): Coordinator {
  const { metadataCache, groupCoordinator } = broker
  if (metadataCache.topic(OFFSETS_TOPIC) === undefined) {
    groupCoordinator.createOffsetsTopic()
    return notAvailable(groupId)
  }
  const partition = metadataCache.partition(OFFSETS_TOPIC, groupCoordinator.partitionFor(groupId))
  const endpoint =
    partition === undefined ? undefined : metadataCache.endpoint(partition.leader, connection.listenerName)
  if (partition === undefined || endpoint === undefined) return notAvailable(groupId)
  const { host, port } = endpoint
  return { key: groupId, nodeId: partition.leader, host, port, errorCode: ErrorCode.NONE, errorMessage: null }
}

function notAvailable(key: string): Coordinator {
  return refusal(key, ErrorCode.COORDINATOR_NOT_AVAILABLE, errorOf(ErrorCode.COORDINATOR_NOT_AVAILABLE).message)
}

function refusal(key: string, errorCode: number, errorMessage: string): Coordinator {
  return { key, ...noNode, errorCode, errorMessage }
}
