import type { KafkaBroker } from '../cluster/broker.ts'
import { sleep } from '../core/retry.ts'
import {
  KafkaJSAggregateError,
  KafkaJSBrokerNotFound,
  KafkaJSDeleteTopicRecordsError,
  KafkaJSTimeout,
} from '../errors.ts'
import { toKafkaJSError } from '../protocol-error.ts'
import type { Admin, SeekEntry } from '../types/admin.ts'
import { askController, retrierOf, typeOf } from './admin-context.ts'
import type { AdminContext } from './admin-context.ts'
import { ensureTopicConfigs, ensureTopicList, refuse } from './check-arguments.ts'
import { fetchTopicOffsets } from './topic-offsets.ts'

const leaderDelay = 100
const leaderWaitMax = 10_000

/** The calls about topics, their partitions and records. */
export function topicCalls(
  context: AdminContext,
): Pick<
  Admin,
  'listTopics' | 'createTopics' | 'deleteTopics' | 'createPartitions' | 'fetchTopicMetadata' | 'deleteTopicRecords'
> {
  const { cluster } = context
  return {
    listTopics: async () => (await cluster.metadata()).topicMetadata.map(({ topic }) => topic),
    createTopics: (options) => createTopics(context, options),
    deleteTopics: (options) => deleteTopics(context, options),
    createPartitions: async ({ topicPartitions, validateOnly, timeout }) => {
      if (Array.isArray(topicPartitions) && topicPartitions.length === 0) refuse('Empty topic partitions array')
      ensureTopicList(topicPartitions, 'topic partitions')
      await askController(context, 'create partitions', (broker) =>
        broker.createPartitions({ topicPartitions, validateOnly, timeout }),
      )
      return true
    },
    fetchTopicMetadata: async ({ topics = [] } = { topics: [] }) => {
      for (const topic of topics) if (!topic || typeof topic !== 'string') refuse(`Invalid topic ${String(topic)}`)
      const { topicMetadata } = await cluster.metadata({ topics })
      return {
        topics: topicMetadata.map(({ topic, partitionMetadata }) => ({ name: topic, partitions: partitionMetadata })),
      }
    },
    deleteTopicRecords: (options) => deleteTopicRecords(context, options),
  }
}

async function createTopics(
  context: AdminContext,
  { topics, validateOnly, timeout, waitForLeaders = true }: Parameters<Admin['createTopics']>[0],
): Promise<boolean> {
  ensureTopicList(topics, 'topics')
  ensureTopicConfigs(topics)
  try {
    await askController(context, 'create topics', async (broker) => {
      await broker.createTopics({ topics, validateOnly, timeout })
      if (!waitForLeaders || validateOnly === true) return
      await awaitLeaders(
        context,
        broker,
        topics.map(({ topic }) => topic),
        timeout ?? leaderWaitMax,
      )
    })
    return true
  } catch (error) {
    const isThere = (each: unknown): boolean => typeOf(each) === 'TOPIC_ALREADY_EXISTS'
    if (error instanceof KafkaJSAggregateError && error.errors.every(isThere)) return false
    throw error
  }
}

/** The broker that was asked may hear of its new topics a little later. */
async function awaitLeaders(
  { cluster: { env } }: AdminContext,
  broker: KafkaBroker,
  topics: readonly string[],
  maxWait: number,
): Promise<void> {
  const deadlineMs = env.clock.monotonicMs() + maxWait
  for (;;) {
    try {
      await broker.metadata(topics)
      return
    } catch (error) {
      if (!['LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION'].includes(typeOf(error) ?? '')) throw error
    }
    if (env.clock.monotonicMs() >= deadlineMs) throw new KafkaJSTimeout('Timed out while waiting for topic leaders')
    await sleep(env, leaderDelay)
  }
}

async function deleteTopics(
  context: AdminContext,
  { topics, timeout }: Parameters<Admin['deleteTopics']>[0],
): Promise<void> {
  const { cluster, logger } = context
  if (!topics || !Array.isArray(topics)) refuse(`Invalid topics array ${String(topics)}`)
  if (topics.some((topic) => typeof topic !== 'string')) {
    refuse('Invalid topics array, the names must be a valid string')
  }
  const ask = async (broker: KafkaBroker, attempt: object): Promise<void> => {
    try {
      await broker.deleteTopics({ topics, timeout })
    } catch (error) {
      if (typeOf(error) === 'REQUEST_TIMED_OUT') {
        const text =
          'Could not delete topics, check if "delete.topic.enable" is set to "true" (the default value is "false") or increase the timeout'
        logger.error(text, { error: (error as Error).message, ...attempt })
      }
      throw error
    }
    for (const topic of topics) cluster.targetTopics.delete(topic)
    await cluster.refreshMetadata()
  }
  await askController(context, 'delete topics', ask, ['UNKNOWN_TOPIC_OR_PARTITION'])
}

/** Deletes what is before the offsets; -1 is the end. */
async function deleteTopicRecords(
  context: AdminContext,
  { topic, partitions }: Parameters<Admin['deleteTopicRecords']>[0],
): Promise<void> {
  if (!topic || typeof topic !== 'string') refuse(`Invalid topic "${String(topic)}"`)
  if (!partitions || partitions.length === 0) refuse('Invalid partitions')
  const { cluster, logger } = context
  const offsets = await fetchTopicOffsets(context, topic)
  const leaders = cluster.findLeaderForPartitions(
    topic,
    partitions.map(({ partition }) => partition),
  )
  ensureLeaders(topic, partitions, leaders)
  for (const { partition, offset } of partitions) {
    const low = Number(offsets.find((each) => each.partition === partition)?.low)
    if (Number(offset) >= low || Number(offset) === -1) continue
    const text =
      'The requested offset is before the earliest offset maintained on the partition - no records will be deleted from this partition'
    logger.warn(text, { topic, partition, offset })
  }
  const left = new Map(
    Object.entries(leaders).map(([nodeId, ofLeader]) => [
      nodeId,
      partitions.filter(({ partition }) => ofLeader.includes(partition)),
    ]),
  )
  await retrierOf(context)(async () => {
    const failed = (
      await Promise.all([...left].map(([nodeId, entries]) => deleteAt(context, nodeId, topic, entries, left)))
    ).flat()
    if (failed.length === 0) return
    const error = new KafkaJSDeleteTopicRecordsError({ topic, partitions: failed })
    if (error.retriable) await cluster.refreshMetadata()
    throw error
  })
}

function ensureLeaders(topic: string, partitions: readonly SeekEntry[], leaders: { [leader: string]: number[] }): void {
  const known = Object.entries(leaders).flatMap(([leader, ofLeader]) => (Number(leader) < 0 ? [] : ofLeader))
  const without = partitions.filter(({ partition }) => !known.includes(partition))
  if (without.length === 0) return
  throw new KafkaJSDeleteTopicRecordsError({
    topic,
    partitions: without.map(({ partition, offset }) => ({
      partition,
      offset,
      error: new KafkaJSBrokerNotFound('Could not find the leader for the partition', { retriable: false }),
    })),
  })
}

/** What this leader refused. What it did is not asked for again. */
async function deleteAt(
  { cluster }: AdminContext,
  nodeId: string,
  topic: string,
  partitions: readonly SeekEntry[],
  left: Map<string, SeekEntry[]>,
): Promise<KafkaJSDeleteTopicRecordsError['partitions']> {
  const broker = await cluster.findBroker({ nodeId })
  try {
    await broker.deleteRecords({ topics: [{ topic, partitions }] })
    left.delete(nodeId)
    return []
  } catch (error) {
    if (error instanceof KafkaJSDeleteTopicRecordsError) return error.partitions
    throw toKafkaJSError(error)
  }
}
