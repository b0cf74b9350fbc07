import type { TopicPartition } from '../topic-partition.ts'
import { partitionKey } from '../topic-partition.ts'
import { AssignedPartition } from './assigned-partition.ts'

/** The partitions that are this consumer's now. */
export class Assignment {
  readonly #isCheckingCrcs: boolean
  readonly #partitions = new Map<string, AssignedPartition>()

  constructor(isCheckingCrcs: boolean) {
    this.#isCheckingCrcs = isCheckingCrcs
  }

  get size(): number {
    return this.#partitions.size
  }

  [Symbol.iterator](): Iterator<AssignedPartition> {
    return this.#partitions.values()
  }

  get(partition: TopicPartition): AssignedPartition | undefined {
    return this.#partitions.get(partitionKey(partition))
  }

  /** Those that are not assigned are left out. */
  select(partitions: Iterable<TopicPartition>): AssignedPartition[] {
    return [...partitions].flatMap((partition) => this.get(partition) ?? [])
  }

  add(partitions: Iterable<TopicPartition>): AssignedPartition[] {
    return [...partitions].flatMap((given) => {
      if (this.get(given) !== undefined) return []
      const partition = new AssignedPartition(given, this.#isCheckingCrcs)
      this.#partitions.set(partition.key, partition)
      return [partition]
    })
  }

  remove(partitions: Iterable<TopicPartition>): AssignedPartition[] {
    const removed = this.select(partitions)
    for (const partition of removed) {
      partition.drop()
      this.#partitions.delete(partition.key)
    }
    return removed
  }
}
