import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import {
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '@odradek/kafka-protocol/messages/23-offset-for-leader-epoch'
import type { ApiHandler } from './api-handler.ts'

/**
 * Where a leader epoch ended: followers and consumers find out by it whether their log parted from the leader's (KIP-101, KIP-320).
 * Versions: 2 the reader's current epoch; 3 replica id; 4 flexible.
 */
export const offsetForLeaderEpochHandler: ApiHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = {
  request: offsetForLeaderEpochRequest,
  response: offsetForLeaderEpochResponse,
  minVersion: 2,
  maxVersion: 4,

  handle: (request, { broker }) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition: index, currentLeaderEpoch, leaderEpoch }) => {
        try {
          const partition = broker.replicaManager.partition(topic, index)
          partition.ensureEpoch(currentLeaderEpoch, true)
          const end = partition.endOffsetForEpoch(leaderEpoch)
          return {
            partition: index,
            errorCode: ErrorCode.NONE,
            leaderEpoch: end?.epoch ?? -1,
            endOffset: BigInt(end?.endOffset ?? -1),
          }
        } catch (error) {
          if (!(error instanceof KafkaError)) throw error
          return { partition: index, errorCode: error.errorCode }
        }
      }),
    })),
  }),

  errorResponse: (request, error) => ({
    topics: request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: error.errorCode })),
    })),
  }),
}
