import type { History, Operation } from './operation.ts'
import { polledBy, sentBy } from './operation.ts'

/**
 * All that is known of one partition's order, from whoever told an offset. Offsets that nobody saw (markers, what was aborted or compacted away) are left out: neighbours
 * here are neighbours for a reader.
 */
export class PartitionOrder {
  /** Ascending. */
  readonly offsets: readonly number[]
  /** What was seen at each of `offsets`: one value, unless something is wrong. */
  readonly values: readonly ReadonlySet<string>[]
  readonly #indexes = new Map<string, number[]>()

  constructor(seen: ReadonlyMap<number, ReadonlySet<string>>) {
    this.offsets = [...seen.keys()].sort((a, b) => a - b)
    this.values = this.offsets.map((offset) => seen.get(offset) as ReadonlySet<string>)
    for (const [index, values] of this.values.entries()) {
      for (const value of values) {
        const known = this.#indexes.get(value)
        if (known === undefined) this.#indexes.set(value, [index])
        else known.push(index)
      }
    }
  }

  /** Where the record is in the order, the first time; undefined when nobody told. */
  indexOf(value: string): number | undefined {
    return this.#indexes.get(value)?.[0]
  }

  lastIndexOf(value: string): number | undefined {
    return this.#indexes.get(value)?.at(-1)
  }

  /** Records that are at more than one offset. */
  get repeated(): { readonly value: string; readonly offsets: readonly number[] }[] {
    return [...this.#indexes]
      .filter(([, indexes]) => indexes.length > 1)
      .map(([value, indexes]) => ({ value, offsets: indexes.map((index) => this.offsets[index] as number) }))
  }
}

/** The order of every partition that anybody saw anything of. */
export function partitionOrders(
  history: History,
  isCommitted: (operation: Operation) => boolean,
): ReadonlyMap<string, PartitionOrder> {
  const seen = new Map<string, Map<number, Set<string>>>()
  const add = (partition: string, offset: number, value: string): void => {
    let offsets = seen.get(partition)
    if (offsets === undefined) seen.set(partition, (offsets = new Map<number, Set<string>>()))
    const values = offsets.get(offset)
    if (values === undefined) offsets.set(offset, new Set([value]))
    else values.add(value)
  }
  for (const operation of history) {
    // Of a transaction that was given up nobody sees what the broker had told of it.
    for (const { partition, offset, value } of isCommitted(operation) ? sentBy(operation) : []) {
      if (offset !== undefined && offset >= 0) add(partition, offset, value)
    }
    for (const { partition, offset, value } of polledBy(operation)) add(partition, offset, value)
  }
  return new Map([...seen].map(([partition, offsets]) => [partition, new PartitionOrder(offsets)]))
}
