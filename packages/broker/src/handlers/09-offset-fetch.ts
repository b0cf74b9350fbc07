import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { OffsetFetchRequest, OffsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import type { FetchedOffset } from '../core/group/offsets/fetch-offsets.ts'
import type { OffsetPosition } from '../core/group/offsets/group-offsets.ts'
import type { GroupCoordinator } from '../host/group-coordinator.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * OffsetFetch, key 9.
 * v1: errors stand with each partition. v2: an error code for the whole; no topics means all. v5: leader epoch. v6: flexible.
 * v7: `requireStable` (KIP-447). v8: many groups in one request (KIP-709), each with its error code.
 * v9: member id and epoch, which matter to the new group protocol only. v10, topic ids, is not answered.
 */
export const offsetFetchHandler: ApiHandler<OffsetFetchRequest, OffsetFetchResponse> = {
  request: offsetFetchRequest,
  response: offsetFetchResponse,
  minVersion: 1,
  maxVersion: 9,

  handle(request, { broker, apiVersion }) {
    if (apiVersion >= 8) {
      const groups = request.groups.map(({ groupId, topics }) =>
        groupOf(broker.groupCoordinator, groupId, topics, request.requireStable),
      )
      return { groups }
    }
    const { groupId, topics, requireStable } = request
    const group = groupOf(broker.groupCoordinator, groupId, topics, requireStable)
    if (group.errorCode !== ErrorCode.NONE) throw new KafkaError(group.errorName)
    return { topics: group.topics, errorCode: ErrorCode.NONE }
  },

  errorResponse(request, { errorCode }, { apiVersion }) {
    if (apiVersion >= 8) return { groups: request.groups.map(({ groupId }) => ({ groupId, topics: [], errorCode })) }
    if (apiVersion >= 2) return { topics: [], errorCode }
    return {
      topics: (request.topics ?? []).map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          committedOffset: -1n,
          metadata: '',
          errorCode,
        })),
      })),
    }
  },
}

interface FetchedTopic {
  readonly name: string
  readonly partitions: (Omit<FetchedOffset, 'topic' | 'partition'> & { readonly partitionIndex: number })[]
}

function groupOf(
  coordinator: GroupCoordinator,
  groupId: string,
  topics: readonly { name: string; partitionIndexes: readonly number[] }[] | null,
  requireStable: boolean,
) {
  try {
    const fetched = coordinator.fetchOffsets(groupId, topics === null ? undefined : positionsOf(topics), requireStable)
    return { groupId, topics: byTopic(fetched), errorCode: ErrorCode.NONE, errorName: 'NONE' as const }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return { groupId, topics: [], errorCode: error.errorCode, errorName: error.code }
  }
}

function positionsOf(topics: readonly { name: string; partitionIndexes: readonly number[] }[]): OffsetPosition[] {
  return topics.flatMap(({ name, partitionIndexes }) =>
    partitionIndexes.map((partition) => ({ topic: name, partition })),
  )
}

function byTopic(fetched: readonly FetchedOffset[]): FetchedTopic[] {
  const topics = new Map<string, FetchedTopic>()
  for (const { topic, partition, ...offset } of fetched) {
    const entry = topics.get(topic) ?? { name: topic, partitions: [] }
    topics.set(topic, entry)
    entry.partitions.push({ partitionIndex: partition, ...offset })
  }
  return [...topics.values()]
}
