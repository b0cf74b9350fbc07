import type { Random } from '@odradek/base'

/** What the choice of the next partition depends on. */
export interface PartitionLoad {
  readonly partition: number
  /** Batches that wait to be sent to it. */
  readonly queuedBatches: number
}

/**
 * The partition of records without a key, of one topic (KIP-794): it stays until a batch's worth of bytes went there, then another one is chosen by chance;
 * with `isAdaptive`, the less waits for a partition the more likely it is. So batches fill, and a slow broker gets less.
 */
export class StickyPartition {
  readonly #random: Random
  readonly #batchSizeBytes: number
  readonly #isAdaptive: boolean
  #current = -1
  #producedBytes = 0

  constructor(random: Random, batchSizeBytes: number, isAdaptive: boolean) {
    this.#random = random
    this.#batchSizeBytes = Math.max(1, batchSizeBytes)
    this.#isAdaptive = isAdaptive
  }

  /**
   * The partition for the next record. It moves on once enough went there, and then only when `isAtBatchEnd`, so that none goes out half full for that;
   * at twice as much it moves on in any case. `loads` is asked for those that have a leader, when another one is to be chosen.
   */
  current(isAtBatchEnd: (partition: number) => boolean, loads: () => readonly PartitionLoad[]): number {
    const isDue = this.#producedBytes >= this.#batchSizeBytes && isAtBatchEnd(this.#current)
    if (isDue || this.#producedBytes >= 2 * this.#batchSizeBytes) this.moveOn()
    if (this.#current < 0) this.#current = this.#choose(loads())
    return this.#current
  }

  /** The partition while no other one is to be chosen, which is nearly always; -1 when `current` has to be asked. */
  get settled(): number {
    return this.#producedBytes < this.#batchSizeBytes ? this.#current : -1
  }

  /** Notes that a record went to the partition. */
  produced(sizeBytes: number): void {
    this.#producedBytes += sizeBytes
  }

  /** Has the next record choose anew. */
  moveOn(): void {
    this.#current = -1
    this.#producedBytes = 0
  }

  #choose(loads: readonly PartitionLoad[]): number {
    if (!this.#isAdaptive) return loads[this.#random.integer(loads.length)]?.partition ?? 0
    const longest = Math.max(...loads.map(({ queuedBatches }) => queuedBatches)) + 1
    let total = 0
    for (const { queuedBatches } of loads) total += longest - queuedBatches
    let ticket = this.#random.integer(Math.max(1, total))
    for (const { partition, queuedBatches } of loads) {
      ticket -= longest - queuedBatches
      if (ticket < 0) return partition
    }
    return loads[0]?.partition ?? 0
  }
}
