import { toKafkaJSError } from '../protocol-error.ts'
import type { Admin, SeekEntry } from '../types/admin.ts'
import type { TopicOffsets } from '../types/producer.ts'
import { retrierOf, typeOf } from './admin-context.ts'
import type { AdminContext } from './admin-context.ts'
import { refuse } from './check-arguments.ts'

/** The calls about where the partitions of a topic begin and end. */
export function topicOffsetCalls(
  context: AdminContext,
): Pick<Admin, 'fetchTopicOffsets' | 'fetchTopicOffsetsByTimestamp'> {
  return {
    fetchTopicOffsets: (topic) => fetchTopicOffsets(context, topic),
    fetchTopicOffsetsByTimestamp: (topic, timestamp) => fetchTopicOffsetsByTimestamp(context, topic, timestamp),
  }
}

export async function fetchTopicOffsets(
  context: AdminContext,
  topic: string,
): Promise<(SeekEntry & { high: string; low: string })[]> {
  return ofTopic(context, topic, async (ask) => {
    const [high, low] = await Promise.all([ask({ fromBeginning: false }), ask({ fromBeginning: true })])
    return high.map(({ partition, offset }) => ({
      partition,
      offset,
      high: offset,
      low: low.find((each) => each.partition === partition)?.offset ?? offset,
    }))
  })
}

/** The first offset of that time or later; the end where there is none. */
async function fetchTopicOffsetsByTimestamp(
  context: AdminContext,
  topic: string,
  timestamp: number | undefined,
): Promise<SeekEntry[]> {
  return ofTopic(context, topic, async (ask) => {
    const wish = timestamp === undefined || timestamp === null ? { fromBeginning: false } : { fromTimestamp: timestamp }
    const [high, found] = await Promise.all([ask({ fromBeginning: false }), ask(wish)])
    return found.map(({ partition, offset }) => ({
      partition,
      offset: Number(offset) >= 0 ? offset : (high.find((each) => each.partition === partition)?.offset ?? offset),
    }))
  })
}

type Ask = (wish: { fromBeginning?: boolean; fromTimestamp?: number }) => Promise<TopicOffsets['partitions']>

async function ofTopic<Result>(
  context: AdminContext,
  topic: string,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  if (!topic || typeof topic !== 'string') refuse(`Invalid topic ${String(topic)}`)
  const { cluster } = context
  return retrierOf(context)(async (bail) => {
    try {
      await cluster.addTargetTopic(topic)
      await cluster.refreshMetadataIfNecessary()
      const partitions = cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => ({ partition: partitionId }))
      return await work(async (wish) => {
        const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, ...wish }])
        return found?.partitions ?? []
      })
    } catch (thrown) {
      const error = toKafkaJSError(thrown)
      if (typeOf(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') return bail(error) as never
      throw error
    }
  })
}
