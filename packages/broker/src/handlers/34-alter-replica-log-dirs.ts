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

function placeReplica(
  { logManager, replicaManager, env }: BrokerServices,
  topic: string,
  partitionIndex: number,
  directory: string,
): void {
  if (logManager.offlineDirectories.includes(directory)) {
    throw new KafkaError('KAFKA_STORAGE_ERROR', `Log directory ${directory} is offline`)
  }
  if (!logManager.liveDirectories.includes(directory)) {
    throw new KafkaError('LOG_DIR_NOT_FOUND', `Log dir ${directory} is not found in the config.`)
  }
  logManager.preferDirectory(topic, partitionIndex, directory)
  const { log } = replicaManager.partition(topic, partitionIndex)
  if (log.isOffline) throw new KafkaError('KAFKA_STORAGE_ERROR', `Partition ${topic}-${partitionIndex} is offline`)
  if (log.directory === directory) return
  env.log.warn('A replica stays where it is: moving one between log directories is not supported', {
    topic,
    partition: partitionIndex,
    directory: log.directory,
    wanted: directory,
  })
  throw new KafkaError('INVALID_REQUEST', 'Moving a replica between log directories is not supported')
}

/**
 * AlterReplicaLogDirs, key 34 (KIP-113). A replica that is to come goes where it is wanted (its answer is NOT_LEADER_OR_FOLLOWER, as
 * Kafka's); one that is there already stays; one that would have to move is refused with INVALID_REQUEST. v2: flexible.
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
            placeReplica(broker, topicName, partitionIndex, path)
            return { topicName, partitionIndex, errorCode: ErrorCode.NONE }
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
