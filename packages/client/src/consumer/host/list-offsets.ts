import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { isRetriable, isStaleMetadata } from '../../classify-error.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { partitionKey } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { int64Of, numberOf, saturated } from '../../int64.ts'

/** What ListOffsets takes for a timestamp: wall milliseconds, or one of these. */
export const beginningTimestamp = -2
export const endTimestamp = -1

export interface TimestampWish extends TopicPartition {
  readonly timestampMs: number
}

export interface OffsetAndTimestamp {
  readonly offset: number
  /** Of the record there; -1 for the beginning and the end. */
  readonly timestampMs: number
  readonly leaderEpoch: number
}

/** By partition key: the first offset of that time or later; missing where there is none. Rejects with `KafkaError` or `ClientError` after `timeoutMs`. */
export async function listOffsets(
  cluster: Cluster,
  wishes: readonly TimestampWish[],
  isolation: 'read_uncommitted' | 'read_committed',
  timeoutMs: number,
): Promise<Map<string, OffsetAndTimestamp>> {
  const found = new Map<string, OffsetAndTimestamp>()
  let left = wishes
  await cluster.loadTopics([...new Set(wishes.map(({ topic }) => topic))], { timeoutMs })
  const options = { timeoutMs, isRetriable: (error: unknown) => isRetriable(error) || isStaleMetadata(error) }
  await cluster.retry({ ...options, onRetry: () => cluster.requestUpdate() }, async () => {
    let failure: unknown
    const byLeader = Map.groupBy(left, ({ topic, partition }) => leaderOf(cluster, topic, partition))
    left = []
    const attempts = [...byLeader].map(async ([leaderId, ofLeader]) => {
      try {
        left = [...left, ...(await askLeader(cluster, leaderId, ofLeader, isolation, found))]
        if (left.length > 0) failure ??= new KafkaError('NOT_LEADER_OR_FOLLOWER')
      } catch (error) {
        left = [...left, ...ofLeader]
        failure = error
      }
    })
    await Promise.all(attempts)
    if (left.length > 0) throw failure
  })
  return found
}

function leaderOf(cluster: Cluster, topic: string, partition: number): number {
  return cluster.metadata.partition(topic, partition)?.leaderId ?? -1
}

/** Returns what has to be asked again. */
async function askLeader(
  cluster: Cluster,
  leaderId: number,
  wishes: readonly TimestampWish[],
  isolation: 'read_uncommitted' | 'read_committed',
  found: Map<string, OffsetAndTimestamp>,
): Promise<TimestampWish[]> {
  const link = cluster.links.get(leaderId)
  if (link === undefined) throw new KafkaError('LEADER_NOT_AVAILABLE')
  const topics = [...Map.groupBy(wishes, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    partitions: ofTopic.map(({ partition, timestampMs }) => ({
      partitionIndex: partition,
      currentLeaderEpoch: -1,
      timestamp: int64Of(timestampMs, 'timestampMs'),
    })),
  }))
  const isolationLevel = isolation === 'read_committed' ? 1 : 0
  const answer = await link.send(listOffsetsRequest, listOffsetsResponse, { replicaId: -1, isolationLevel, topics })
  const again: TimestampWish[] = []
  const wanted = new Map(wishes.map((wish) => [partitionKey(wish), wish]))
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset, timestamp, leaderEpoch } of partitions) {
      const key = partitionKey({ topic: name, partition: partitionIndex })
      const wish = wanted.get(key)
      if (wish === undefined) continue
      if (errorCode === ErrorCode.NONE) {
        if (offset < 0n) continue
        found.set(key, { offset: numberOf(offset, 'an offset'), timestampMs: saturated(timestamp), leaderEpoch })
        continue
      }
      const error = KafkaError.of(errorCode)
      if (!isStaleMetadata(error) && !error.retriable) throw error
      again.push(wish)
    }
  }
  return again
}
