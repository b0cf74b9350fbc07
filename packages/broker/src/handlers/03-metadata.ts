import type { Input } from '@odradek/kafka-protocol'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { MetadataRequest, MetadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { metadataRequest, metadataResponse } from '@odradek/kafka-protocol/messages/03-metadata'
import { noTopicId } from '../core/topic-id.ts'
import type { PartitionMetadata, TopicMetadata } from '../host/metadata-cache.ts'
import type { ApiHandler } from './api-handler.ts'
import { authorizedOperations } from './authorized-operations.ts'
import { isInternalTopic, topicNameFault } from '../core/topics/topic-name.ts'
import type { RequestContext } from './request-context.ts'

type TopicAnswer = Input<MetadataResponse['topics'][number]>
type PartitionAnswer = Input<MetadataResponse['topics'][number]['partitions'][number]>

/**
 * Versions: 1 controller, racks, internal topics; 2 cluster id; 4 no creation of topics by asking; 5 offline replicas; 7 leader epochs; 8 authorized operations;
 * 9 flexible; 10 topic ids; 12 topics by id; 13 an error of the whole answer.
 *
 * Version 0 is below the baseline (KIP-896). Addresses are those of the listener that the client came by.
 */
export const metadataHandler: ApiHandler<MetadataRequest, MetadataResponse> = {
  request: metadataRequest,
  response: metadataResponse,
  minVersion: 0,
  maxVersion: 13,

  async handle(request, context) {
    const topics = topicsOf(request, context)
    await createMissing(topics, request, context)
    const { metadataCache } = context.broker
    return {
      brokers: brokersOf(context),
      clusterId: context.broker.clusterId,
      controllerId: controllerOf(context),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? authorizedOperations.cluster
        : authorizedOperations.notAsked,
      topics: topics.map(({ answer, name }) => {
        const topic = name === undefined ? undefined : metadataCache.topic(name)
        const told = answer ?? (topic === undefined ? unknownTopic(name ?? '') : topicAnswer(topic, context))
        if (!request.includeTopicAuthorizedOperations || told.errorCode === ErrorCode.UNKNOWN_TOPIC_ID) return told
        return { ...told, topicAuthorizedOperations: authorizedOperations.topic }
      }),
    }
  },

  errorResponse: (request, error, context) => ({
    brokers: brokersOf(context),
    clusterId: context.broker.clusterId,
    controllerId: controllerOf(context),
    errorCode: context.apiVersion >= 13 ? error.errorCode : ErrorCode.NONE,
    topics: (request.topics ?? []).map(({ name, topicId }) => ({
      errorCode: error.errorCode,
      name: context.apiVersion >= 12 ? name : (name ?? ''),
      topicId,
    })),
  }),
}

/** A topic that was asked about: its name, as far as it is known, and what is to be said of it if that is decided. */
interface AskedTopic {
  readonly name: string | undefined
  answer?: TopicAnswer
}

function topicsOf(request: MetadataRequest, { apiVersion, broker }: RequestContext): AskedTopic[] {
  const { metadataCache } = broker
  const asked = request.topics
  // Null asks for all, and so does an empty list in version 0.
  if (asked === null || (apiVersion === 0 && asked.length === 0)) {
    return [...metadataCache.topics.keys()].map((name) => ({ name }))
  }
  const byId = asked.some(({ topicId }) => topicId !== noTopicId)
  if (apiVersion < 12 && (byId || asked.some(({ name }) => name === null))) {
    throw new KafkaError('INVALID_REQUEST', 'topic ids and topics without name need version 12 of Metadata')
  }
  if (byId && asked.some(({ topicId }) => topicId === noTopicId)) {
    throw new KafkaError('INVALID_REQUEST', 'either all topics by name or all by id')
  }
  if (!byId) return [...new Set(asked.map(({ name }) => name ?? ''))].map((name) => ({ name }))
  return asked.map(({ topicId }) => {
    const name = metadataCache.topicById(topicId)?.name
    return name === undefined
      ? { name, answer: { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, topicId, name: null, isInternal: false } }
      : { name }
  })
}

/** Topics that are asked about by name and do not exist are made, where both sides allow it. */
async function createMissing(
  topics: readonly AskedTopic[],
  request: MetadataRequest,
  { broker }: RequestContext,
): Promise<void> {
  const missing = topics.filter((topic): topic is AskedTopic & { name: string } => {
    return (
      topic.answer === undefined && topic.name !== undefined && broker.metadataCache.topic(topic.name) === undefined
    )
  })
  if (missing.length === 0) return
  for (const topic of missing) {
    const fault = topicNameFault(topic.name)
    if (fault !== undefined)
      topic.answer = { ...unknownTopic(topic.name), errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION }
  }
  if (!request.allowAutoTopicCreation || !broker.config.autoCreateTopicsEnable || request.topics === null) return
  const creatable = missing.filter(({ answer }) => answer === undefined)
  if (creatable.length === 0) return
  const errorCodes = await broker.topicCreator.createMissing(creatable.map(({ name }) => name))
  for (const topic of creatable) {
    // The controller may have been as fast as that.
    if (broker.metadataCache.topic(topic.name) !== undefined) continue
    topic.answer = { ...unknownTopic(topic.name), errorCode: creationCode(errorCodes.get(topic.name)) }
  }
}

/** To the client, a topic that was made just now is one whose leader is not known yet: it asks again. */
function creationCode(errorCode: number | undefined): number {
  switch (errorCode) {
    case undefined:
    case ErrorCode.NONE:
    case ErrorCode.TOPIC_ALREADY_EXISTS:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.LEADER_NOT_AVAILABLE
    default:
      return errorCode
  }
}

function unknownTopic(name: string): TopicAnswer {
  return { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name, isInternal: isInternalTopic(name) }
}

function brokersOf({ broker, connection }: RequestContext): Input<MetadataResponse['brokers']> {
  return [...broker.metadataCache.brokers.values()].flatMap(({ id, rack, endpoints }) => {
    const endpoint = endpoints.get(connection.listenerName)
    return endpoint === undefined ? [] : [{ nodeId: id, host: endpoint.host, port: endpoint.port, rack }]
  })
}

function controllerOf({ broker }: RequestContext): number {
  const { controllerId, brokers } = broker.metadataCache
  return brokers.has(controllerId) ? controllerId : -1
}

function topicAnswer(topic: TopicMetadata, context: RequestContext): TopicAnswer {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: [...topic.partitions.values()]
      .sort((left, right) => left.partitionIndex - right.partitionIndex)
      .map((partition) => partitionAnswer(partition, context)),
  }
}

function partitionAnswer(partition: PartitionMetadata, context: RequestContext): PartitionAnswer {
  const { metadataCache } = context.broker
  const { listenerName } = context.connection
  const hasLeader = metadataCache.endpoint(partition.leader, listenerName) !== undefined
  return {
    errorCode: hasLeader ? ErrorCode.NONE : leaderFault(partition.leader, context),
    partitionIndex: partition.partitionIndex,
    leaderId: hasLeader ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.replicas,
    isrNodes: partition.isr,
    offlineReplicas: [
      ...new Set([
        ...partition.offlineReplicas,
        ...partition.replicas.filter((id) => metadataCache.endpoint(id, listenerName) === undefined),
      ]),
    ],
  }
}

/** The leader is not there at all, or not on the listener that the client came by (since version 6 that is told apart). */
function leaderFault(leader: number, { apiVersion, broker }: RequestContext): number {
  return broker.metadataCache.brokers.has(leader) && apiVersion >= 6
    ? ErrorCode.LISTENER_NOT_FOUND
    : ErrorCode.LEADER_NOT_AVAILABLE
}
