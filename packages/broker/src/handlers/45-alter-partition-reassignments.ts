import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import type { ApiHandler } from './api-handler.ts'

/**
 * AlterPartitionReassignments, key 45 (KIP-455): by the controller only; answered when reassignments have begun, not when they are complete. v1:
 * whether the number of replicas may change (KIP-860).
 */
export const alterPartitionReassignmentsHandler: ApiHandler<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse
> = {
  request: alterPartitionReassignmentsRequest,
  response: alterPartitionReassignmentsResponse,
  minVersion: 0,
  maxVersion: 1,

  async handle({ allowReplicationFactorChange, topics }, { broker }) {
    const { results } = await broker.controller.alterReassignments({
      allowReplicationFactorChange,
      partitions: topics.flatMap(({ name, partitions }) =>
        partitions.map(({ partitionIndex, replicas }) => ({ topic: name, partition: partitionIndex, replicas })),
      ),
    })
    if (results === undefined) throw new KafkaError('NOT_CONTROLLER')
    return {
      allowReplicationFactorChange,
      errorCode: ErrorCode.NONE,
      responses: [...Map.groupBy(results, ({ topic }) => topic)].map(([name, partitions]) => ({
        name,
        partitions: partitions.map(({ partition, errorCode, errorMessage }) => ({
          partitionIndex: partition,
          errorCode,
          errorMessage,
        })),
      })),
    }
  },

  errorResponse: (_request, { errorCode, message }) => ({ errorCode, errorMessage: message }),
}
