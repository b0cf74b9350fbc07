import type { History, Operation } from './operation.ts'
import { polledBy, sentBy } from './operation.ts'
import { partitionOrders } from './partition-order.ts'
import type { PartitionOrder } from './partition-order.ts'

/** What the checks ask of a history, worked out once. */
export class HistoryFacts {
  readonly history: History
  readonly orders: ReadonlyMap<string, PartitionOrder>
  /** By partition and value. */
  readonly #writers = new Map<string, Operation>()
  /** The first operation that read it and was ok. */
  readonly #readers = new Map<string, Operation>()
  readonly #committed = new Set<Operation>()

  constructor(history: History) {
    this.history = history
    for (const operation of history) {
      for (const { partition, value } of sentBy(operation)) this.#writers.set(keyOf(partition, value), operation)
    }
    for (const operation of history) {
      if (operation.outcome !== 'ok') continue
      for (const { partition, value } of polledBy(operation)) {
        const key = keyOf(partition, value)
        if (!this.#readers.has(key)) this.#readers.set(key, operation)
      }
    }
    for (const operation of history) if (this.#isCommitted(operation)) this.#committed.add(operation)
    this.orders = partitionOrders(history, (operation) => this.isCommitted(operation))
  }

  /** A transaction of which one record was read is committed as a whole, also when nobody told its producer. */
  #isCommitted(operation: Operation): boolean {
    if (operation.outcome === 'ok') return true
    if (operation.outcome === 'failed' || operation.kind !== 'transaction') return false
    return sentBy(operation).some(({ partition, value }) => this.#readers.has(keyOf(partition, value)))
  }

  isCommitted(operation: Operation): boolean {
    return this.#committed.has(operation)
  }

  writerOf(partition: string, value: string): Operation | undefined {
    return this.#writers.get(keyOf(partition, value))
  }

  readerOf(partition: string, value: string): Operation | undefined {
    return this.#readers.get(keyOf(partition, value))
  }

  /** Operations of each process, by their beginnings. */
  get byProcess(): ReadonlyMap<string, readonly Operation[]> {
    return Map.groupBy(this.history, ({ process }) => process)
  }
}

function keyOf(partition: string, value: string): string {
  return `${partition} ${value}`
}

/** The values of records by partition, in their order. */
export function valuesByPartition(
  records: readonly { readonly partition: string; readonly value: string }[],
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const { partition, value } of records) {
    const known = values.get(partition)
    if (known === undefined) values.set(partition, [value])
    else known.push(value)
  }
  return values
}
