import type { TopicOffsets } from '../types/producer.ts'

interface Entry {
  readonly topic: string
  readonly partition: number
  /** The offset after the last message that the application has done with. */
  resolved: number | undefined
  /** As far as it is known. */
  committed: number | undefined
}

/** What the application has done with, and what of it is committed, for the partitions that are assigned. */
export class OffsetLedger {
  readonly #entries = new Map<string, Entry>()

  add(topic: string, partition: number): void {
    this.#entries.set(keyOf(topic, partition), { topic, partition, resolved: undefined, committed: undefined })
  }

  remove(topic: string, partition: number): void {
    this.#entries.delete(keyOf(topic, partition))
  }

  clear(): void {
    this.#entries.clear()
  }

  /** Reading began here: what is before it counts as committed. */
  begin(topic: string, partition: number, offset: number): void {
    const entry = this.#entries.get(keyOf(topic, partition))
    if (entry !== undefined) entry.committed ??= offset
  }

  resolve(topic: string, partition: number, nextOffset: number): void {
    const entry = this.#entries.get(keyOf(topic, partition))
    if (entry !== undefined) entry.resolved = nextOffset
  }

  resolvedOf(topic: string, partition: number): number | undefined {
    return this.#entries.get(keyOf(topic, partition))?.resolved
  }

  committed(topics: readonly TopicOffsets[]): void {
    for (const { topic, partitions } of topics) {
      for (const { partition, offset } of partitions) {
        const entry = this.#entries.get(keyOf(topic, partition))
        if (entry !== undefined) entry.committed = Number(offset)
      }
    }
  }

  /** Messages that are done with and not committed. */
  get uncommittedCount(): number {
    let count = 0
    for (const { resolved, committed = 0 } of this.#entries.values())
      if (resolved !== undefined) count += resolved - committed
    return count
  }

  /** Of all partitions, or of those given. */
  uncommitted(only?: ReadonlySet<string>): TopicOffsets[] {
    const byTopic = new Map<string, TopicOffsets>()
    for (const [key, { topic, partition, resolved, committed }] of this.#entries) {
      if (resolved === undefined || resolved < 0 || resolved === committed) continue
      if (only !== undefined && !only.has(key)) continue
      const found = byTopic.get(topic) ?? { topic, partitions: [] }
      // Text, as kafkajs has it, though its types say otherwise.
      found.partitions.push({ partition: String(partition) as never, offset: String(resolved) })
      byTopic.set(topic, found)
    }
    return [...byTopic.values()]
  }
}

export function keyOf(topic: string, partition: number): string {
  return `${topic}-${partition}`
}
