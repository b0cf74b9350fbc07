import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { throwIfError } from '../protocol-error.ts'
import type { TopicOffsets } from '../types/producer.ts'
import type { KafkaCluster } from './kafka-cluster.ts'

export interface TopicOffsetsQuery {
  readonly topic: string
  readonly partitions: readonly { readonly partition: number }[]
  readonly fromBeginning?: boolean | undefined
  /** Wall milliseconds. */
  readonly fromTimestamp?: number | undefined
}

/** The beginning, the end, or the first offset of a time; -1 where there is none. One request to each leader. */
export async function listTopicOffsets(
  cluster: KafkaCluster,
  queries: readonly TopicOffsetsQuery[],
): Promise<TopicOffsets[]> {
  const found = new Map<string, { partition: number; offset: string }[]>(queries.map(({ topic }) => [topic, []]))
  const byLeader = new Map<string, { name: string; partitions: object[] }[]>()
  for (const { topic, partitions, fromBeginning, fromTimestamp } of queries) {
    const timestamp = BigInt(fromTimestamp ?? cluster.defaultOffset({ fromBeginning }))
    const leaders = cluster.findLeaderForPartitions(
      topic,
      partitions.map(({ partition }) => partition),
    )
    for (const [leader, ofLeader] of Object.entries(leaders)) {
      const wishes = ofLeader.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp }))
      const topics = byLeader.get(leader) ?? []
      topics.push({ name: topic, partitions: wishes })
      byLeader.set(leader, topics)
    }
  }
  const { isolationLevel = 1 } = cluster.options
  await Promise.all(
    [...byLeader].map(async ([leader, topics]) => {
      const broker = await cluster.findBroker({ nodeId: leader })
      const value = { replicaId: -1, isolationLevel, topics }
      const answer = await broker.send(listOffsetsRequest, listOffsetsResponse, value)
      for (const { name, partitions } of answer.topics) {
        for (const { partitionIndex, errorCode, offset } of partitions) {
          throwIfError(errorCode)
          found.get(name)?.push({ partition: partitionIndex, offset: String(offset) })
        }
      }
    }),
  )
  return [...found].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.toSorted((one, other) => one.partition - other.partition),
  }))
}
