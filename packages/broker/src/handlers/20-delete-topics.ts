import { ErrorCode, KafkaError, zeroUuid } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { deleteTopicsRequest, deleteTopicsResponse } from '@odradek/kafka-protocol/messages/20-delete-topics'
import { awaitDeletedTopics } from '../host/await-deleted-topics.ts'
import { awaitMetadata } from '../host/await-metadata.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import { unless } from '../host/ensure-znodes.ts'
import { deleteTopicPath } from '../znodes/delete-topic.ts'
import { topicPath } from '../znodes/topic.ts'
import type { ApiHandler } from './api-handler.ts'
import { MutationQuota } from './mutation-quota.ts'
import type { RequestContext } from './request-context.ts'

/** How long the answer waits, after clients see the topics no longer, for all of them to be gone. A replica on a broker that is away keeps one. */
const GONE_TIMEOUT_MS = 1000

type TopicResult = NonNullable<Input<DeleteTopicsResponse>['responses']>[number]

/** What a client names: by name or, since v6, by id. */
interface Wanted {
  readonly name: string | null
  readonly topicId: string
}

function wantedTopics({ topics, topicNames }: DeleteTopicsRequest, apiVersion: number): readonly Wanted[] {
  return apiVersion >= 6 ? topics : topicNames.map((name) => ({ name, topicId: zeroUuid }))
}

function failed({ name, topicId }: Wanted, { errorCode, message }: KafkaError): TopicResult {
  return { name, topicId, errorCode, errorMessage: message }
}

/** Marks the topic for deletion; the controller sees that and does it. */
async function markForDeletion(broker: BrokerServices, name: string): Promise<void> {
  await broker.zookeeper.run(async (client) => {
    if ((await client.exists(topicPath(name))) === undefined) {
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Topic \`${name}\` to delete does not exist`)
    }
    await unless(client.create(deleteTopicPath(name), null), 'NODE_EXISTS')
  })
}

async function deleteOne(broker: BrokerServices, wanted: Wanted, quota: MutationQuota): Promise<TopicResult> {
  const isById = wanted.name === null
  const topic = isById ? broker.metadataCache.topicById(wanted.topicId) : broker.metadataCache.topic(wanted.name ?? '')
  if (topic === undefined) {
    return failed(wanted, new KafkaError(isById ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION'))
  }
  try {
    quota.charge(topic.partitions.size)
    await markForDeletion(broker, topic.name)
    return { name: topic.name, topicId: topic.topicId, errorCode: ErrorCode.NONE }
  } catch (error) {
    if (error instanceof KafkaError) return failed(wanted, error)
    throw error
  }
}

/**
 * DeleteTopics, key 20: by the controller only; answered when clients no longer see the topics, and, if that is soon, when their names are free. v3: TOPIC_DELETION_DISABLED;
 * v4: flexible; v5: messages; v6: topic ids.
 */
export const deleteTopicsHandler: ApiHandler<DeleteTopicsRequest, DeleteTopicsResponse> = {
  request: deleteTopicsRequest,
  response: deleteTopicsResponse,
  minVersion: 1,
  maxVersion: 6,

  async handle(request, context: RequestContext) {
    const { broker, apiVersion } = context
    const quota = new MutationQuota(context, apiVersion >= 5)
    if (!broker.controller.isActive) throw new KafkaError('NOT_CONTROLLER')
    if (!broker.config.deleteTopicEnable) {
      throw new KafkaError(apiVersion < 3 ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED')
    }
    const wanted = wantedTopics(request, apiVersion)
    if (wanted.some(({ name, topicId }) => name !== null && topicId !== zeroUuid)) {
      throw new KafkaError('INVALID_REQUEST', 'Topic name and topic ID can not both be specified.')
    }
    const results = await Promise.all(wanted.map((topic) => deleteOne(broker, topic, quota)))
    const deleted = results.filter(({ errorCode }) => errorCode === ErrorCode.NONE)
    const isGone = ({ name }: TopicResult): boolean => broker.metadataCache.topic(name ?? '') === undefined
    const isDone = (): boolean => deleted.every(isGone)
    if (!(await awaitMetadata(broker.deadlines, broker.metadataCache, isDone, request.timeoutMs))) {
      const late = new KafkaError('REQUEST_TIMED_OUT', 'The topic is marked for deletion, which is not done yet.')
      return quota.answer({
        responses: results.map((result) =>
          deleted.includes(result) && !isGone(result)
            ? failed({ name: result.name ?? null, topicId: result.topicId ?? zeroUuid }, late)
            : result,
        ),
      })
    }
    const names = deleted.map(({ name }) => name ?? '')
    await awaitDeletedTopics(broker.deadlines, broker.zookeeper, names, Math.min(GONE_TIMEOUT_MS, request.timeoutMs))
    return quota.answer({ responses: results })
  },

  errorResponse: (request, error, { apiVersion }) => ({
    responses: wantedTopics(request, apiVersion).map((wanted) => failed(wanted, error)),
  }),
}
