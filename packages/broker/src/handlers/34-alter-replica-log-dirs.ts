import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  AlterReplicaLogDirsRequest,
  AlterReplicaLogDirsResponse,
} from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
} from '@odradek/kafka-protocol/messages/34-alter-replica-log-dirs'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

function moveReplica(
  { logManager, replicaManager }: BrokerServices,
  topic: string,
  partitionIndex: number,
  directory: string,
): number {
  logManager.move(topic, partitionIndex, directory)
  const found = replicaManager.lookup(topic, partitionIndex)
  if (typeof found !== 'number') return ErrorCode.NONE
  // The word of older brokers, which Kafka has kept here.
  return found === ErrorCode.NOT_LEADER_OR_FOLLOWER ? ErrorCode.REPLICA_NOT_AVAILABLE : found
}

/**
 * AlterReplicaLogDirs, key 34 (KIP-113): has replicas move to other log directories of this broker while they serve; the answer comes when that has
 * begun. One that is yet to come will be made where it is wanted (its answer is REPLICA_NOT_AVAILABLE, as Kafka's). v2: flexible.
 */
export const alterReplicaLogDirsHandler: ApiHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> = {
  request: alterReplicaLogDirsRequest,
  response: alterReplicaLogDirsResponse,
  minVersion: 1,
  maxVersion: 2,

  handle({ dirs }, { broker }) {
    const answers = dirs.flatMap(({ path, topics }) =>
      topics.flatMap(({ name: topicName, partitions }) =>
        partitions.map((partitionIndex) => {
          try {
            return { topicName, partitionIndex, errorCode: moveReplica(broker, topicName, partitionIndex, path) }
          } catch (error) {
            if (!(error instanceof KafkaError)) throw error
            return { topicName, partitionIndex, errorCode: error.errorCode }
          }
        }),
      ),
    )
    return {
      results: [...Map.groupBy(answers, ({ topicName }) => topicName)].map(([topicName, partitions]) => ({
        topicName,
        partitions: partitions.map(({ partitionIndex, errorCode }) => ({ partitionIndex, errorCode })),
      })),
    }
  },

  errorResponse: ({ dirs }, { errorCode }) => ({
    results: dirs.flatMap(({ topics }) =>
      topics.map(({ name, partitions }) => ({
        topicName: name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex, errorCode })),
      })),
    ),
  }),
}
