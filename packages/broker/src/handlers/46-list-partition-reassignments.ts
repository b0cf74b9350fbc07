import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import type { ApiHandler } from './api-handler.ts'

/** ListPartitionReassignments, key 46 (KIP-455): by the controller only; partitions that are not being reassigned are left out. */
export const listPartitionReassignmentsHandler: ApiHandler<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse
> = {
  request: listPartitionReassignmentsRequest,
  response: listPartitionReassignmentsResponse,
  minVersion: 0,
  maxVersion: 0,

  async handle({ topics }, { broker }) {
    const { results } = await broker.controller.listReassignments(
      topics?.flatMap(({ name, partitionIndexes }) =>
        partitionIndexes.map((partition) => ({ topic: name, partition })),
      ) ?? null,
    )
    if (results === undefined) throw new KafkaError('NOT_CONTROLLER')
    return {
      errorCode: ErrorCode.NONE,
      topics: [...Map.groupBy(results, ({ topic }) => topic)].map(([name, partitions]) => ({
        name,
        partitions: partitions.map(({ partition, replicas, adding, removing }) => ({
          partitionIndex: partition,
          replicas: [...replicas],
          addingReplicas: [...adding],
          removingReplicas: [...removing],
        })),
      })),
    }
  },

  errorResponse: (_request, { errorCode, message }) => ({ errorCode, errorMessage: message }),
}
