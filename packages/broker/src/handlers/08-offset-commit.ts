import { ErrorCode } from '@odradek/kafka-protocol'
import type { OffsetCommitRequest, OffsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import type { OffsetToCommit } from '../core/group/offsets/commit-offsets.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * OffsetCommit, key 8.
 * v2-4: `retentionTimeMs` (-1: the broker's). v5: it is gone. v6: leader epoch with each offset. v7: group instance id. v8: flexible.
 * v9: as v8; new error codes of the new group protocol only. v10: topic ids instead of names (KIP-848), so that nothing is committed for a
 * topic that was created again meanwhile.
 */
export const offsetCommitHandler: ApiHandler<OffsetCommitRequest, OffsetCommitResponse> = {
  request: offsetCommitRequest,
  response: offsetCommitResponse,
  minVersion: 2,
  maxVersion: 10,
  pipelined: true,

  async handle(request, { broker, apiVersion, requestReceivedMs }) {
    const errorCodes = new Map<object, number>()
    const known: { partition: object; offset: OffsetToCommit }[] = []
    const expireTimestampMs =
      request.retentionTimeMs === -1n
        ? undefined
        : Math.min(requestReceivedMs + Number(request.retentionTimeMs), Number.MAX_SAFE_INTEGER)
    for (const { name, topicId, partitions } of request.topics) {
      const topic = apiVersion >= 10 ? broker.metadataCache.topicById(topicId)?.name : name
      for (const partition of partitions) {
        if (topic === undefined) {
          errorCodes.set(partition, ErrorCode.UNKNOWN_TOPIC_ID)
          continue
        }
        if (broker.metadataCache.partition(topic, partition.partitionIndex) === undefined) {
          errorCodes.set(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
          continue
        }
        const offset: OffsetToCommit = {
          topic,
          topicId: broker.metadataCache.topicId(topic),
          partition: partition.partitionIndex,
          offset: partition.committedOffset,
          leaderEpoch: partition.committedLeaderEpoch,
          metadata: partition.committedMetadata ?? '',
          expireTimestampMs,
        }
        known.push({ partition, offset })
      }
    }
    if (known.length > 0) {
      const codes = await broker.groupCoordinator.commit({
        groupId: request.groupId,
        memberId: request.memberId,
        groupInstanceId: request.groupInstanceId,
        generationId: request.generationIdOrMemberEpoch,
        apiVersion,
        offsets: known.map(({ offset }) => offset),
      })
      for (const [index, { partition }] of known.entries()) errorCodes.set(partition, codes[index] ?? ErrorCode.NONE)
    }
    return responseOf(request, (partition) => errorCodes.get(partition) ?? ErrorCode.NONE)
  },

  errorResponse: (request, { errorCode }) => responseOf(request, () => errorCode),
}

function responseOf(request: OffsetCommitRequest, errorCodeOf: (partition: object) => number) {
  return {
    topics: request.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition.partitionIndex,
        errorCode: errorCodeOf(partition),
      })),
    })),
  }
}
