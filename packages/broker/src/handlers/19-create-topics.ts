import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type { CreateTopicsRequest, CreateTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { describeTopicConfigs } from '../config/describe-configs.ts'
import { duplicatesOf } from '../core/duplicates-of.ts'
import { partitionCountMax, tooManyPartitions } from '../core/topics/assign-replicas.ts'
import { awaitMetadata } from '../host/await-metadata.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { NewTopic } from '../host/topic-creator.ts'
import type { ApiHandler } from './api-handler.ts'
import { MutationQuota } from './mutation-quota.ts'

type WantedTopic = CreateTopicsRequest['topics'][number]
type TopicResult = NonNullable<Input<CreateTopicsResponse>['topics']>[number]

/** The log of KRaft's metadata has this name and is no topic. */
const CLUSTER_METADATA_TOPIC = '__cluster_metadata'

function newTopicOf({ name, numPartitions, replicationFactor, assignments, configs }: WantedTopic): NewTopic {
  const byPartition = new Map(assignments.map(({ partitionIndex, brokerIds }) => [partitionIndex, brokerIds]))
  if (byPartition.size !== assignments.length) {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', 'A partition is assigned more than once.')
  }
  const without = configs.filter(({ value }) => value === null).map(({ name: config }) => config)
  if (without.length > 0) {
    throw new KafkaError('INVALID_CONFIG', `Null value not supported for topic configs: ${without.join(',')}`)
  }
  return {
    name,
    partitionCount: numPartitions,
    replicationFactor,
    assignments: byPartition,
    config: new Map(configs.map(({ name: config, value }) => [config, value ?? ''])),
  }
}

function failed(name: string, { errorCode, message }: KafkaError): TopicResult {
  return { name, errorCode, errorMessage: message, numPartitions: -1, replicationFactor: -1, configs: [] }
}

async function createOne(
  broker: BrokerServices,
  wanted: WantedTopic,
  validateOnly: boolean,
  quota: MutationQuota,
): Promise<TopicResult> {
  if (wanted.name === CLUSTER_METADATA_TOPIC) {
    return failed(
      wanted.name,
      new KafkaError('INVALID_REQUEST', `Creation of internal topic ${CLUSTER_METADATA_TOPIC} is prohibited.`),
    )
  }
  try {
    const topic = newTopicOf(wanted)
    if (!validateOnly && !quota.isEmpty) quota.charge((await broker.topicCreator.create(topic, true)).partitionCount)
    const created = await broker.topicCreator.create(topic, validateOnly)
    return {
      name: wanted.name,
      ...(validateOnly ? {} : { topicId: created.topicId }),
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      numPartitions: created.partitionCount,
      replicationFactor: created.replicationFactor,
      configs: describeTopicConfigs(topic.config, broker.dynamicConfig.texts).map((config) => ({
        name: config.name,
        value: config.value,
        readOnly: config.isReadOnly,
        configSource: config.source,
        isSensitive: config.isSensitive,
      })),
    }
  } catch (error) {
    if (error instanceof KafkaError) return failed(wanted.name, error)
    throw error
  }
}

/** Whether every partition of the topic has a leader as far as clients can see. */
function isReady(broker: BrokerServices, { name = '', numPartitions = 0 }: TopicResult): boolean {
  const topic = broker.metadataCache.topic(name)
  if (topic === undefined || topic.partitions.size < numPartitions) return false
  return [...topic.partitions.values()].every(({ leader }) => leader >= 0)
}

/**
 * CreateTopics, key 19: by the controller only. v4: -1 for the broker's defaults; v5: flexible, answers with partitions, replicas and
 * configuration; v7: topic ids.
 */
export const createTopicsHandler: ApiHandler<CreateTopicsRequest, CreateTopicsResponse> = {
  request: createTopicsRequest,
  response: createTopicsResponse,
  minVersion: 2,
  maxVersion: 7,

  async handle({ topics, timeoutMs, validateOnly }, context) {
    const { broker } = context
    const quota = new MutationQuota(context, context.apiVersion >= 6)
    if (!broker.controller.isActive) throw new KafkaError('NOT_CONTROLLER')
    const duplicates = duplicatesOf(topics.map(({ name }) => name))
    const startMs = broker.env.clock.monotonicMs()
    const wanted = topics.filter(({ name }) => !duplicates.has(name))
    let partitionCount = 0
    const results = await Promise.all(
      wanted.map(async (topic) => {
        partitionCount += Math.max(0, topic.numPartitions)
        if (partitionCount > partitionCountMax) return failed(topic.name, tooManyPartitions(partitionCount))
        return createOne(broker, topic, validateOnly, quota)
      }),
    )
    const created = validateOnly ? [] : results.filter(({ errorCode }) => errorCode === ErrorCode.NONE)
    const isDone = (): boolean => created.every((result) => isReady(broker, result))
    const remainingMs = timeoutMs - (broker.env.clock.monotonicMs() - startMs)
    if (!(await awaitMetadata(broker.deadlines, broker.metadataCache, isDone, remainingMs))) {
      const late = new KafkaError(
        'REQUEST_TIMED_OUT',
        'The topic is created, but not all its partitions have a leader yet.',
      )
      for (const [index, result] of results.entries()) {
        if (created.includes(result) && !isReady(broker, result)) results[index] = failed(result.name ?? '', late)
      }
    }
    const twice = new KafkaError('INVALID_REQUEST', 'Duplicate topic name.')
    return quota.answer({ topics: [...results, ...[...duplicates].map((name) => failed(name, twice))] })
  },

  errorResponse: ({ topics }, error) => ({ topics: topics.map(({ name }) => failed(name, error)) }),
}
