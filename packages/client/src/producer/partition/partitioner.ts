// Step 2 of 5: which partition a record goes to.
import type { FieldInput } from '@odradek/kafka-protocol'
import { partitionForKey } from './murmur2.ts'

/** What a partitioner may look at. */
export interface PartitionerInput {
  readonly topic: string
  /** The serialized key; null for none. */
  readonly key: FieldInput
  readonly value: FieldInput
  readonly partitionCount: number
  /** The partitions that have a leader now; all of them when none has. */
  readonly availablePartitions: readonly number[]
}

/** Chooses a partition; undefined leaves it to the default for records without a key: stay with one for a batch, then move on. */
export type Partitioner = (input: PartitionerInput) => number | undefined

/** As Java's default: the murmur2 hash of the key, and sticky without one. */
export const defaultPartitioner: Partitioner = ({ key, partitionCount }) =>
  key === null || key === undefined ? undefined : partitionForKey(key, partitionCount)

/** One partition after the other, for every topic on its own, whatever the key. */
function roundRobinPartitioner(): Partitioner {
  const next = new Map<string, number>()
  return ({ topic, availablePartitions }) => {
    const turn = next.get(topic) ?? 0
    next.set(topic, turn + 1)
    return availablePartitions[turn % availablePartitions.length]
  }
}

/** Those that come with this client, by name; Java's class name works too. */
export function partitionerOf(name: string): Partitioner | undefined {
  if (name === 'default') return defaultPartitioner
  if (name === 'round-robin' || name === 'org.apache.kafka.clients.producer.RoundRobinPartitioner')
    return roundRobinPartitioner()
  return undefined
}
