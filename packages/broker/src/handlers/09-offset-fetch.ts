import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { OffsetFetchRequest, OffsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import type { FetchedOffset } from '../core/group/offsets/fetch-offsets.ts'
import type { OffsetReader } from '../core/group/group-shard.ts'
import type { OffsetPosition } from '../core/group/offsets/group-offsets.ts'
import { noTopicId } from '../core/topic-id.ts'
import type { GroupCoordinator } from '../host/group-coordinator.ts'
import type { MetadataCache } from '../host/metadata-cache.ts'
import type { ApiHandler } from './api-handler.ts'

/**
 * OffsetFetch, key 9.
 * v1: errors stand with each partition. v2: an error code for the whole; no topics means all. v5: leader epoch. v6: flexible.
 * v7: `requireStable` (KIP-447). v8: many groups in one request (KIP-709), each with its error code.
 * v9: member id and epoch, which must be current in a group of the consumer protocol. v10: topic ids instead of names; a topic that has none, or is gone, is
 * not among all topics.
 */
export const offsetFetchHandler: ApiHandler<OffsetFetchRequest, OffsetFetchResponse> = {
  request: offsetFetchRequest,
  response: offsetFetchResponse,
  minVersion: 1,
  maxVersion: 10,

  handle(request, { broker, apiVersion }) {
    const { groupCoordinator, metadataCache } = broker
    if (apiVersion < 8) {
      const { groupId, topics, requireStable } = request
      const offsets = groupCoordinator.fetchOffsets(
        groupId,
        topics === null ? undefined : positionsOf(topics),
        requireStable,
      )
      return { topics: byTopic(offsets), errorCode: ErrorCode.NONE }
    }
    const fetch = apiVersion >= 10 ? fetchById : fetchByName
    return {
      groups: request.groups.map(({ groupId, memberId, memberEpoch, topics }) => {
        const reader = { memberId, memberEpoch }
        try {
          const fetched = fetch(groupCoordinator, metadataCache, groupId, topics, request.requireStable, reader)
          return { groupId, topics: fetched, errorCode: ErrorCode.NONE }
        } catch (error) {
          if (!(error instanceof KafkaError)) throw error
          return { groupId, topics: [], errorCode: error.errorCode }
        }
      }),
    }
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
  readonly topicId?: string
  readonly partitions: (Omit<FetchedOffset, 'topic' | 'partition'> & { readonly partitionIndex: number })[]
}

type RequestedTopics = OffsetFetchRequest['groups'][number]['topics']

function fetchByName(
  coordinator: GroupCoordinator,
  _metadataCache: MetadataCache,
  groupId: string,
  topics: RequestedTopics,
  requireStable: boolean,
  reader: OffsetReader,
): FetchedTopic[] {
  return byTopic(
    coordinator.fetchOffsets(groupId, topics === null ? undefined : positionsOf(topics), requireStable, reader),
  )
}

function fetchById(
  coordinator: GroupCoordinator,
  metadataCache: MetadataCache,
  groupId: string,
  topics: RequestedTopics,
  requireStable: boolean,
  reader: OffsetReader,
): FetchedTopic[] {
  const withId = (fetched: readonly FetchedOffset[]): FetchedTopic[] =>
    byTopic(fetched).map((topic) => ({ ...topic, topicId: metadataCache.topicId(topic.name) }))
  if (topics === null) {
    return withId(coordinator.fetchOffsets(groupId, undefined, requireStable, reader)).filter(
      ({ topicId }) => topicId !== noTopicId,
    )
  }
  const nameOf = (topicId: string): string => metadataCache.topicById(topicId)?.name ?? ''
  const known = topics.map((topic) => ({ ...topic, name: nameOf(topic.topicId) })).filter(({ name }) => name !== '')
  const unknown = topics.filter(({ topicId }) => nameOf(topicId) === '')
  return [
    ...withId(coordinator.fetchOffsets(groupId, positionsOf(known), requireStable, reader)),
    ...unknown.map(({ topicId, partitionIndexes }) => ({
      name: '',
      topicId,
      partitions: partitionIndexes.map((partitionIndex) => ({
        partitionIndex,
        committedOffset: -1n,
        committedLeaderEpoch: -1,
        metadata: '',
        errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
      })),
    })),
  ]
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
