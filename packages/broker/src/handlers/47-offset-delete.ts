import { ErrorCode } from '@odradek/kafka-protocol'
import type { OffsetDeleteRequest, OffsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import { offsetDeleteRequest, offsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import type { ApiHandler } from './api-handler.ts'

/** OffsetDelete, key 47 (KIP-496). v0 only: an error of the group stands at the top, one of a partition with it. */
export const offsetDeleteHandler: ApiHandler<OffsetDeleteRequest, OffsetDeleteResponse> = {
  request: offsetDeleteRequest,
  response: offsetDeleteResponse,
  minVersion: 0,
  maxVersion: 0,

  async handle(request, { broker }) {
    const errorCodes = new Map<object, number>()
    const known: { entry: object; topic: string; partition: number }[] = []
    for (const { name: topic, partitions } of request.topics) {
      for (const entry of partitions) {
        const partition = entry.partitionIndex
        if (broker.metadataCache.partition(topic, partition) === undefined) {
          errorCodes.set(entry, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
        } else {
          known.push({ entry, topic, partition })
        }
      }
    }
    const codes = await broker.groupCoordinator.deleteOffsets(request.groupId, known)
    for (const [index, { entry }] of known.entries()) errorCodes.set(entry, codes[index] ?? ErrorCode.NONE)
    return {
      errorCode: ErrorCode.NONE,
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((entry) => ({
          partitionIndex: entry.partitionIndex,
          errorCode: errorCodes.get(entry) ?? ErrorCode.NONE,
        })),
      })),
    }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode, topics: [] }),
}
