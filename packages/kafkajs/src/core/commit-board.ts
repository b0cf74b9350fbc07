type Listener = (topic: string, partition: number, offset: string) => void

/** Where the producers of one `Kafka` tell its consumers what a transaction has committed for their group. */
export class CommitBoard {
  readonly #listeners = new Map<string, Set<Listener>>()

  /** Returns what ends that. */
  listen(groupId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(groupId) ?? new Set()
    this.#listeners.set(groupId, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  tell(groupId: string, topic: string, partition: number, offset: string): void {
    for (const listener of this.#listeners.get(groupId) ?? []) listener(topic, partition, offset)
  }
}
