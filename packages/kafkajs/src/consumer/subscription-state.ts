import type { TopicPartitions } from '../types/cluster.ts'

interface TopicState {
  pausesAll: boolean
  readonly paused: Set<number>
  /** Exceptions from `pausesAll`. */
  readonly resumed: Set<number>
}

/** What is assigned, and what of it the application has paused. A pause outlives rebalances. */
export class SubscriptionState {
  #assigned: TopicPartitions[] = []
  readonly #states = new Map<string, TopicState>()

  assign(assigned: readonly TopicPartitions[]): void {
    this.#assigned = assigned.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.toSorted((one, other) => one - other),
    }))
  }

  assigned(): TopicPartitions[] {
    return this.#assigned
  }

  paused(): TopicPartitions[] {
    return this.#assigned
      .map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.filter((partition) => this.isPaused(topic, partition)),
      }))
      .filter(({ partitions }) => partitions.length > 0)
  }

  isPaused(topic: string, partition: number): boolean {
    const state = this.#states.get(topic)
    if (state === undefined) return false
    return state.paused.has(partition) || (state.pausesAll && !state.resumed.has(partition))
  }

  /** Without partitions: the topic, also what of it is assigned later. */
  pause(topics: readonly { topic: string; partitions?: number[] | undefined }[]): void {
    for (const { topic, partitions } of topics) {
      const state = this.#state(topic)
      if (partitions === undefined) this.#all(state, true)
      else {
        state.pausesAll = false
        for (const partition of partitions) {
          state.paused.add(partition)
          state.resumed.delete(partition)
        }
      }
    }
  }

  resume(topics: readonly { topic: string; partitions?: number[] | undefined }[]): void {
    for (const { topic, partitions } of topics) {
      const state = this.#state(topic)
      if (partitions === undefined) this.#all(state, false)
      else {
        for (const partition of partitions) {
          state.paused.delete(partition)
          if (state.pausesAll) state.resumed.add(partition)
        }
      }
    }
  }

  #all(state: TopicState, isPaused: boolean): void {
    state.paused.clear()
    state.resumed.clear()
    state.pausesAll = isPaused
  }

  #state(topic: string): TopicState {
    const known = this.#states.get(topic)
    if (known !== undefined) return known
    const state = { pausesAll: false, paused: new Set<number>(), resumed: new Set<number>() }
    this.#states.set(topic, state)
    return state
  }
}
