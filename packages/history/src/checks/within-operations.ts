// Records of one operation among each other.
import type { Anomaly, AnomalyKind } from '../anomaly.ts'
import { valuesByPartition } from '../history-facts.ts'
import type { HistoryFacts } from '../history-facts.ts'
import type { Operation } from '../operation.ts'
import { polledBy, sentBy } from '../operation.ts'
import type { PartitionOrder } from '../partition-order.ts'

/** Polls and sends that skip or go back within an operation. */
export function withinOperations({ history, orders }: Pick<HistoryFacts, 'history' | 'orders'>): Anomaly[] {
  return history.flatMap((operation) => [
    ...compare(orders, operation, valuesByPartition(polledBy(operation)), 'poll'),
    ...compare(orders, operation, valuesByPartition(sentBy(operation)), 'send'),
  ])
}

function compare(
  orders: ReadonlyMap<string, PartitionOrder>,
  operation: Operation,
  records: ReadonlyMap<string, readonly string[]>,
  what: 'poll' | 'send',
): Anomaly[] {
  return [...records].flatMap(([partition, values]) => {
    const order = orders.get(partition)
    if (order === undefined) return []
    return values.slice(1).flatMap((value, index): Anomaly[] => {
      const before = values[index] as string
      const delta = stepBetween(order, before, value)
      if (delta === 1) return []
      const kind: AnomalyKind = delta > 1 ? `internal-skipped-${what}` : `internal-nonmonotonic-${what}`
      const text = `${operation.process}: '${value}' came right after '${before}', which is ${delta > 1 ? `${delta - 1} records away` : 'not before it'} in ${partition}`
      return [{ kind, partition, values: [before, value], text, operations: [operation] }]
    })
  })
}

/** How far the second is behind the first in the order; 1 where that is not known. */
export function stepBetween(order: PartitionOrder, before: string, value: string): number {
  const [from, to] = [order.indexOf(before), order.indexOf(value)]
  return from === undefined || to === undefined ? 1 : to - from
}
