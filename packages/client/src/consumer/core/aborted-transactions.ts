import { parseEndTransaction } from '@odradek/kafka-protocol'
import type { RecordBatch } from '@odradek/kafka-protocol'

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

/**
 * Tells, batch by batch in the order of the log, which ones belong to transactions that were aborted (KIP-98). A fetch answer lists the aborted
 * transactions that touch it, in any order.
 */
export class AbortedTransactions {
  /** By first offset, the next one last. */
  readonly #coming: AbortedTransaction[]
  readonly #open = new Set<number>()

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = aborted.toSorted((one, other) => other.firstOffset - one.firstOffset)
  }

  /** Throws `DecodeError` for a control batch that cannot be read. */
  isAborted(batch: RecordBatch): boolean {
    const { lastOffset } = batch
    for (let next = this.#coming.at(-1); next !== undefined && next.firstOffset <= lastOffset;) {
      this.#open.add(next.producerId)
      this.#coming.pop()
      next = this.#coming.at(-1)
    }
    if (!batch.isTransactional || !this.#open.has(batch.producerId)) return false
    if (!batch.isControl) return true
    const { value: record } = batch.records().next()
    if (record !== undefined && parseEndTransaction(record)?.outcome === 'abort') this.#open.delete(batch.producerId)
    return true
  }
}
