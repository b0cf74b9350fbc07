import { assert } from '@odradek/base'

interface Transaction {
  readonly producerId: number
  readonly firstOffset: number
  lastOffset: number
}

/**
 * Transactions of one partition that hold back its last stable offset: those that are open, and those that are decided by a
 * marker which is not below the high watermark yet.
 */
export class OpenTransactions {
  /** By first offset; offsets only grow, so the order of insertion is the order of offsets. */
  #ongoing = new Map<number, Transaction>()
  #unreplicated: Transaction[] = []

  /** The first offset that readers of committed data may not pass, or undefined. */
  get firstUnstableOffset(): number | undefined {
    let first = this.#firstOngoing()?.firstOffset
    for (const { firstOffset } of this.#unreplicated) {
      if (first === undefined || firstOffset < first) first = firstOffset
    }
    return first
  }

  /** The producer of the oldest open transaction. */
  get oldestProducerId(): number | undefined {
    return this.#firstOngoing()?.producerId
  }

  begin(producerId: number, firstOffset: number): void {
    this.#ongoing.set(firstOffset, { producerId, firstOffset, lastOffset: -1 })
  }

  /** Takes what a snapshot holds, in any order. */
  load(transactions: { producerId: number; firstOffset: number }[]): void {
    for (const { producerId, firstOffset } of transactions.toSorted((a, b) => a.firstOffset - b.firstOffset)) {
      this.begin(producerId, firstOffset)
    }
  }

  /**
   * A marker at `lastOffset` ended the transaction. Returns what the last stable offset will be once the marker is replicated:
   * what readers need to know whether an aborted transaction concerns them.
   */
  complete(firstOffset: number, lastOffset: number): number {
    const transaction = this.#ongoing.get(firstOffset)
    assert(transaction !== undefined, `transaction that began at offset ${firstOffset} is not open`)
    this.#ongoing.delete(firstOffset)
    transaction.lastOffset = lastOffset
    this.#unreplicated.push(transaction)
    return this.#firstOngoing()?.firstOffset ?? lastOffset + 1
  }

  /** Markers below `offset` are replicated. */
  onReplicated(offset: number): void {
    if (this.#unreplicated.length === 0) return
    this.#unreplicated = this.#unreplicated.filter(({ lastOffset }) => lastOffset >= offset)
  }

  clear(): void {
    this.#ongoing.clear()
    this.#unreplicated = []
  }

  #firstOngoing(): Transaction | undefined {
    for (const transaction of this.#ongoing.values()) return transaction
    return undefined
  }
}
