import { ErrorCode } from '@odradek/kafka-protocol'
import type { StopReplicaRequest, StopReplicaResponse } from '@odradek/kafka-protocol/messages/05-stop-replica'
import { stopReplicaRequest, stopReplicaResponse } from '@odradek/kafka-protocol/messages/05-stop-replica'
import type { StopPartition } from '../host/replica-manager.ts'
import type { ApiHandler } from './api-handler.ts'
import { ensureCurrentBroker } from './broker-epoch.ts'

const anyLeaderEpoch = -1

/**
 * From the controller: partitions that this broker holds no more, or no more leads.
 * Versions: 1 broker epoch, by topic; 2 flexible; 3 leader epochs, deletion per partition; 4 the controller's kind. A broker of 3.9 sends 4.
 */
export const stopReplicaHandler: ApiHandler<StopReplicaRequest, StopReplicaResponse> = {
  request: stopReplicaRequest,
  response: stopReplicaResponse,
  minVersion: 0,
  maxVersion: 4,

  handle(request, context) {
    ensureCurrentBroker(request, context)
    const results = context.broker.replicaManager.stopReplicas(request.controllerEpoch, stopsOf(request))
    return {
      errorCode: ErrorCode.NONE,
      partitionErrors: results.map(({ topic, partitionIndex, errorCode }) => ({
        topicName: topic,
        partitionIndex,
        errorCode,
      })),
    }
  },

  errorResponse: (_request, error) => ({ errorCode: error.errorCode }),
}

function stopsOf(request: StopReplicaRequest): StopPartition[] {
  const { deletePartitions } = request
  return [
    ...request.ungroupedPartitions.map(({ topicName, partitionIndex }) => ({
      topic: topicName,
      partitionIndex,
      leaderEpoch: anyLeaderEpoch,
      deletePartition: deletePartitions,
    })),
    ...request.topics.flatMap(({ name, partitionIndexes }) =>
      partitionIndexes.map((partitionIndex) => ({
        topic: name,
        partitionIndex,
        leaderEpoch: anyLeaderEpoch,
        deletePartition: deletePartitions,
      })),
    ),
    ...request.topicStates.flatMap(({ topicName, partitionStates }) =>
      partitionStates.map(({ partitionIndex, leaderEpoch, deletePartition }) => ({
        topic: topicName,
        partitionIndex,
        leaderEpoch,
        deletePartition,
      })),
    ),
  ]
}
