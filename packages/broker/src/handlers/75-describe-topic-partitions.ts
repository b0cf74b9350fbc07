import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '@odradek/kafka-protocol/messages/75-describe-topic-partitions'
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from '@odradek/kafka-protocol/messages/75-describe-topic-partitions'
import { noTopicId } from '../core/topic-id.ts'
import { isInternalTopic, topicNameFault } from '../core/topics/topic-name.ts'
import type { PartitionMetadata } from '../host/metadata-cache.ts'
import type { ApiHandler } from './api-handler.ts'
import { authorizedOperations } from './authorized-operations.ts'
import type { RequestContext } from './request-context.ts'

type TopicAnswer = NonNullable<Input<DescribeTopicPartitionsResponse>['topics']>[number]
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number]
type Page = Input<DescribeTopicPartitionsResponse> & { readonly topics: TopicAnswer[] }

function partitionAnswer(partition: PartitionMetadata, { broker, connection }: RequestContext): PartitionAnswer {
  const isThere = (brokerId: number): boolean =>
    broker.metadataCache.endpoint(brokerId, connection.listenerName) !== undefined
  const gone = partition.replicas.filter((brokerId) => !isThere(brokerId))
  return {
    errorCode: ErrorCode.NONE,
    partitionIndex: partition.partitionIndex,
    leaderId: isThere(partition.leader) ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    // ZooKeeper mode keeps no eligible leader replicas. Apache's client of 3.9 fails on null, which the protocol allows.
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: [...new Set([...partition.offlineReplicas, ...gone])],
  }
}

function topicAnswer(name: string, errorCode: number, topicId = noTopicId): TopicAnswer {
  return {
    errorCode,
    name,
    topicId,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations: authorizedOperations.topic,
  }
}

function unknownTopicCode(name: string): number {
  return topicNameFault(name) === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION
}

/** Fills a page with partitions of `names`, in order, from `start` on; what does not fit is where the next page begins. */
function pageOf(
  names: readonly string[],
  start: DescribeTopicPartitionsRequest['cursor'],
  partitionsMax: number,
  context: RequestContext,
): Page {
  const topics: TopicAnswer[] = []
  let remaining = partitionsMax
  for (const name of names) {
    if (remaining === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } }
    const topic = context.broker.metadataCache.topic(name)
    if (topic === undefined) {
      topics.push(topicAnswer(name, unknownTopicCode(name)))
      continue
    }
    const first = start?.topicName === name ? start.partitionIndex : 0
    const partitions = [...topic.partitions.values()]
      .filter(({ partitionIndex }) => partitionIndex >= first)
      .sort((left, right) => left.partitionIndex - right.partitionIndex)
    const taken = partitions.slice(0, remaining)
    topics.push({
      ...topicAnswer(name, ErrorCode.NONE, topic.topicId),
      partitions: taken.map((partition) => partitionAnswer(partition, context)),
    })
    remaining -= taken.length
    const next = partitions[taken.length]
    if (next !== undefined) {
      return { topics, nextCursor: { topicName: name, partitionIndex: next.partitionIndex } }
    }
  }
  return { topics, nextCursor: null }
}

/**
 * DescribeTopicPartitions, key 75 (KIP-966): topics by name, in pages of at most `max.request.partition.size.limit` partitions. Brokers
 * of Kafka in ZooKeeper mode do not answer it; here it tells what Metadata tells.
 */
export const describeTopicPartitionsHandler: ApiHandler<
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse
> = {
  request: describeTopicPartitionsRequest,
  response: describeTopicPartitionsResponse,
  minVersion: 0,
  maxVersion: 0,

  handle({ topics, cursor, responsePartitionLimit }, context) {
    const { broker } = context
    if (cursor !== null && cursor.partitionIndex < 0) {
      throw new KafkaError(
        'INVALID_REQUEST',
        `DescribeTopicPartitionsRequest cursor partition must be valid: ${cursor.topicName}-${cursor.partitionIndex}`,
      )
    }
    const wanted = topics.length === 0 ? [...broker.metadataCache.topics.keys()] : topics.map(({ name }) => name)
    const names = [...new Set(wanted)].filter((name) => cursor === null || name >= cursor.topicName).sort()
    const partitionsMax = Math.max(1, Math.min(broker.config.maxRequestPartitionSizeLimit, responsePartitionLimit))
    return pageOf(names, cursor, partitionsMax, context)
  },

  errorResponse: ({ topics }, { errorCode }) => ({
    topics: topics.map(({ name }) => ({ errorCode, name, topicId: noTopicId })),
  }),
}
