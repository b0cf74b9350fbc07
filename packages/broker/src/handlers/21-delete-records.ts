import type { DeleteRecordsRequest, DeleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import { deleteRecords } from '../host/delete-records.ts'
import type { ApiHandler } from './api-handler.ts'

const invalidLowWatermark = -1n

/** DeleteRecords, key 21 (KIP-107): moves the beginning of partitions forward. v1: as v0; v2: flexible. */
export const deleteRecordsHandler: ApiHandler<DeleteRecordsRequest, DeleteRecordsResponse> = {
  request: deleteRecordsRequest,
  response: deleteRecordsResponse,
  minVersion: 0,
  maxVersion: 2,

  async handle({ topics, timeoutMs }, { broker }) {
    const deletions = topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, offset }) => ({ topic: name, partitionIndex, offset: Number(offset) })),
    )
    const results = await deleteRecords(broker, deletions, timeoutMs)
    let next = 0
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => {
          const { lowWatermark = -1, errorCode = -1 } = results[next++] ?? {}
          return { partitionIndex, lowWatermark: BigInt(lowWatermark), errorCode }
        }),
      })),
    }
  },

  errorResponse: ({ topics }, { errorCode }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        lowWatermark: invalidLowWatermark,
        errorCode,
      })),
    })),
  }),
}
