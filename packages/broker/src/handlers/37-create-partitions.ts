import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  CreatePartitionsRequest,
  CreatePartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import {
  createPartitionsRequest,
  createPartitionsResponse,
} from '@odradek/kafka-protocol/messages/37-create-partitions'
import { duplicatesOf } from '../core/duplicates-of.ts'
import { awaitMetadata } from '../host/await-metadata.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import { deleteTopicPath } from '../znodes/delete-topic.ts'
import type { ApiHandler } from './api-handler.ts'
import { MutationQuota } from './mutation-quota.ts'

type WantedTopic = CreatePartitionsRequest['topics'][number]
type TopicResult = NonNullable<Input<CreatePartitionsResponse>['results']>[number]

function failed(name: string, { errorCode, message }: KafkaError): TopicResult {
  return { name, errorCode, errorMessage: message }
}

async function extendOne(
  broker: BrokerServices,
  wanted: WantedTopic,
  validateOnly: boolean,
  quota: MutationQuota,
): Promise<TopicResult> {
  const { name, count, assignments } = wanted
  try {
    const deleting = await broker.zookeeper.run((client) => client.exists(deleteTopicPath(name)))
    if (deleting !== undefined) throw new KafkaError('INVALID_TOPIC_EXCEPTION', 'The topic is queued for deletion.')
    const replicas = assignments?.map(({ brokerIds }) => brokerIds)
    if (!validateOnly && !quota.isEmpty) {
      await broker.topicCreator.addPartitions(name, count, replicas, true)
      quota.charge(count - (broker.metadataCache.topic(name)?.partitions.size ?? 0))
    }
    await broker.topicCreator.addPartitions(name, count, replicas, validateOnly)
    return { name, errorCode: ErrorCode.NONE }
  } catch (error) {
    if (error instanceof KafkaError) return failed(name, error)
    throw error
  }
}

function isReady(broker: BrokerServices, { name, count }: WantedTopic): boolean {
  const topic = broker.metadataCache.topic(name)
  if (topic === undefined || topic.partitions.size < count) return false
  return [...topic.partitions.values()].every(({ leader }) => leader >= 0)
}

/** CreatePartitions, key 37: by the controller only. v2: flexible; v3: as v2. */
export const createPartitionsHandler: ApiHandler<CreatePartitionsRequest, CreatePartitionsResponse> = {
  request: createPartitionsRequest,
  response: createPartitionsResponse,
  minVersion: 0,
  maxVersion: 3,

  async handle({ topics, timeoutMs, validateOnly }, context) {
    const { broker } = context
    const quota = new MutationQuota(context, context.apiVersion >= 3)
    if (!broker.controller.isActive) throw new KafkaError('NOT_CONTROLLER')
    const duplicates = duplicatesOf(topics.map(({ name }) => name))
    const wanted = topics.filter(({ name }) => !duplicates.has(name))
    const results = await Promise.all(wanted.map((topic) => extendOne(broker, topic, validateOnly, quota)))
    const isPending = ({ name }: TopicResult): boolean =>
      wanted.some((topic) => topic.name === name && !isReady(broker, topic))
    const extended = validateOnly ? [] : results.filter(({ errorCode }) => errorCode === ErrorCode.NONE)
    const isDone = (): boolean => !extended.some(isPending)
    if (!(await awaitMetadata(broker.deadlines, broker.metadataCache, isDone, timeoutMs))) {
      const late = new KafkaError('REQUEST_TIMED_OUT', 'The partitions are created, but not all have a leader yet.')
      for (const [index, result] of results.entries()) {
        if (extended.includes(result) && isPending(result)) results[index] = failed(result.name ?? '', late)
      }
    }
    const twice = new KafkaError('INVALID_REQUEST', 'Duplicate topic in request.')
    return quota.answer({ results: [...results, ...[...duplicates].map((name) => failed(name, twice))] })
  },

  errorResponse: ({ topics }, error) => ({ results: topics.map(({ name }) => failed(name, error)) }),
}
