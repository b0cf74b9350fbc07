/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** A key for maps: `orders-3`. No two partitions share one, since a partition number holds no dash. */
export function partitionKey(partition: TopicPartition): string {
  return `${partition.topic}-${partition.partition}`
}

/** Topic by topic, each with its partitions: the shape that most requests have. */
export function partitionsByTopic(
  partitions: Iterable<TopicPartition>,
): { readonly topic: string; readonly partitions: number[] }[] {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of partitions) {
    const known = byTopic.get(topic)
    if (known === undefined) byTopic.set(topic, [partition])
    else known.push(partition)
  }
  return [...byTopic].map(([topic, numbers]) => ({ topic, partitions: numbers }))
}

/** The reverse of `partitionsByTopic`. */
export function partitionsOf(
  topics: Iterable<{ readonly topic: string; readonly partitions: readonly number[] }>,
): TopicPartition[] {
  return [...topics].flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
}
