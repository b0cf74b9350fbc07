import { ErrorCode, KafkaError, zeroUuid } from '@odradek/kafka-protocol'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import type { MetadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import {
  createPartitionsRequest,
  createPartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker, controller } from './admin-requests.ts'
import { authorizedOperations } from './operations.ts'
import type { AclOperation } from './operations.ts'
import { failureOf, settleBatch } from './settle-batch.ts'

export interface NewTopic {
  readonly name: string
  /** Default: `num.partitions` of the broker. */
  readonly partitions?: number
  /** Default: `default.replication.factor` of the broker. */
  readonly replicationFactor?: number
  /** Broker ids, the preferred leader first, for each partition from 0 on; instead of the two above. */
  readonly replicasAssignments?: readonly (readonly number[])[]
  readonly configs?: Readonly<Record<string, string>>
}

export interface CreatedTopic {
  readonly name: string
  /** `zeroUuid` from brokers before Kafka 2.8. */
  readonly id: string
  /** -1 when the broker does not tell. */
  readonly partitions: number
  readonly replicationFactor: number
}

export interface ListedTopic {
  readonly name: string
  readonly id: string
  readonly isInternal: boolean
}

export interface DescribedTopic extends ListedTopic {
  readonly partitions: readonly DescribedPartition[]
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribedPartition {
  readonly partition: number
  /** Undefined while there is none. */
  readonly leaderId: number | undefined
  readonly leaderEpoch: number
  readonly replicaIds: readonly number[]
  readonly inSyncReplicaIds: readonly number[]
  readonly offlineReplicaIds: readonly number[]
}

/** Creates topics. Results by name. */
export function createTopics(
  requests: AdminRequests,
  topics: readonly NewTopic[],
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<Map<string, CreatedTopic>> {
  const byName = new Map(topics.map((topic) => [topic.name, topic]))
  return settleBatch(requests.cluster, [...byName.keys()], requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, createTopicsRequest, createTopicsResponse, {
      topics: pending.map((name) => {
        const { partitions, replicationFactor, replicasAssignments = [], configs = {} } = byName.get(name) as NewTopic
        const isAssigned = replicasAssignments.length > 0
        return {
          name,
          numPartitions: isAssigned ? -1 : (partitions ?? -1),
          replicationFactor: isAssigned ? -1 : (replicationFactor ?? -1),
          assignments: replicasAssignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
          configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
        }
      }),
      timeoutMs: requests.brokerTimeoutMs,
      validateOnly,
    })
    return new Map(
      answer.topics.map(({ name, topicId, errorCode, errorMessage, numPartitions, replicationFactor }) => [
        name,
        failureOf(errorCode, errorMessage) ?? { name, id: topicId, partitions: numPartitions, replicationFactor },
      ]),
    )
  })
}

/** Deletes topics by name. */
export async function deleteTopics(requests: AdminRequests, names: readonly string[]): Promise<void> {
  await settleBatch(requests.cluster, names, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, deleteTopicsRequest, deleteTopicsResponse, (version) =>
      version >= 6
        ? { topics: pending.map((name) => ({ name })), timeoutMs: requests.brokerTimeoutMs }
        : { topicNames: pending, timeoutMs: requests.brokerTimeoutMs },
    )
    return new Map(
      answer.responses.map(({ name, errorCode, errorMessage }) => [
        name ?? '',
        failureOf(errorCode, errorMessage) ?? undefined,
      ]),
    )
  })
}

/** Adds partitions: `totalCount` is how many there are to be in the end. */
export async function createPartitions(
  requests: AdminRequests,
  counts: Readonly<Record<string, number | NewPartitions>>,
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<void> {
  await settleBatch(requests.cluster, Object.keys(counts), requests.timeoutMs, async (pending) => {
    const answer = await requests.send(controller, createPartitionsRequest, createPartitionsResponse, {
      topics: pending.map((name) => {
        const given = counts[name] as number | NewPartitions
        const { totalCount, newAssignments } = typeof given === 'number' ? { totalCount: given } : given
        return {
          name,
          count: totalCount,
          assignments: newAssignments?.map((brokerIds) => ({ brokerIds })) ?? null,
        }
      }),
      timeoutMs: requests.brokerTimeoutMs,
      validateOnly,
    })
    return new Map(
      answer.results.map(({ name, errorCode, errorMessage }) => [name, failureOf(errorCode, errorMessage)]),
    )
  })
}

export interface NewPartitions {
  readonly totalCount: number
  /** Broker ids for each of the new partitions. */
  readonly newAssignments?: readonly (readonly number[])[] | undefined
}

/** The topics that there are, internal ones only where `listInternal` says so, by name. */
export async function listTopics(
  requests: AdminRequests,
  { listInternal = false }: { readonly listInternal?: boolean } = {},
): Promise<ListedTopic[]> {
  const answer = await requests.call(anyBroker, metadataRequest, metadataResponse, { topics: null })
  return answer.topics
    .filter(
      ({ errorCode, isInternal, name }) =>
        errorCode === ErrorCode.NONE && name !== null && (listInternal || !isInternal),
    )
    .map(({ name, topicId, isInternal }) => ({ name: name ?? '', id: topicId, isInternal }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Partitions, leaders and replicas of topics, by name. */
export function describeTopics(
  requests: AdminRequests,
  names: readonly string[],
  { includeAuthorizedOperations = false }: { readonly includeAuthorizedOperations?: boolean } = {},
): Promise<Map<string, DescribedTopic>> {
  return settleBatch(requests.cluster, names, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(anyBroker, metadataRequest, metadataResponse, {
      topics: pending.map((name) => ({ name })),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: includeAuthorizedOperations,
    })
    return new Map(answer.topics.map((topic) => [topic.name ?? '', describedTopic(topic)]))
  })
}

/** The same by topic ids; results by id. Brokers from Kafka 2.8 on. */
export function describeTopicsById(
  requests: AdminRequests,
  ids: readonly string[],
): Promise<Map<string, DescribedTopic>> {
  return settleBatch(requests.cluster, ids, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(anyBroker, metadataRequest, metadataResponse, {
      topics: pending.map((topicId) => ({ name: null, topicId })),
      allowAutoTopicCreation: false,
    })
    return new Map(answer.topics.map((topic) => [topic.topicId, describedTopic(topic)]))
  })
}

function describedTopic(topic: MetadataResponse['topics'][number]): DescribedTopic | KafkaError {
  if (topic.errorCode !== ErrorCode.NONE) return KafkaError.of(topic.errorCode)
  return {
    name: topic.name ?? '',
    id: topic.topicId ?? zeroUuid,
    isInternal: topic.isInternal,
    authorizedOperations: authorizedOperations(topic.topicAuthorizedOperations),
    partitions: topic.partitions
      .map((partition) => ({
        partition: partition.partitionIndex,
        leaderId: partition.leaderId < 0 ? undefined : partition.leaderId,
        leaderEpoch: partition.leaderEpoch,
        replicaIds: partition.replicaNodes,
        inSyncReplicaIds: partition.isrNodes,
        offlineReplicaIds: partition.offlineReplicas,
      }))
      .sort((a, b) => a.partition - b.partition),
  }
}
