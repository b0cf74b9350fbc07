import type { PartitionRef } from '@odradek/client'

/** `topic-0`, as Kafka's tools name a partition. */
export function partitionName({ topic, partition }: PartitionRef): string {
  return `${topic}-${partition}`
}

/** By topic, then by number. */
export function comparePartitions(a: PartitionRef, b: PartitionRef): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}
