// One operation of a process and the next: where a reader goes on, and where a producer's records come.
import type { Anomaly } from '../anomaly.ts'
import { valuesByPartition } from '../history-facts.ts'
import type { HistoryFacts } from '../history-facts.ts'
import type { Operation } from '../operation.ts'
import { polledBy, sentBy } from '../operation.ts'
import type { PartitionOrder } from '../partition-order.ts'
import { stepBetween } from './within-operations.ts'

interface Last {
  readonly value: string
  readonly operation: Operation
}

/** Polls that skip or go back, and sends that go back, from one operation to the next. */
export function betweenOperations({ byProcess, orders }: Pick<HistoryFacts, 'byProcess' | 'orders'>): Anomaly[] {
  return [...byProcess.values()].flatMap((operations) => [
    ...compareReads(orders, operations),
    ...compareSends(orders, operations),
  ])
}

function compareReads(orders: ReadonlyMap<string, PartitionOrder>, operations: readonly Operation[]): Anomaly[] {
  const anomalies: Anomaly[] = []
  const lastReads = new Map<string, Last>()
  for (const operation of operations) {
    if (operation.kind === 'assign' || operation.kind === 'crash') {
      const kept = new Set(operation.kept)
      for (const partition of lastReads.keys()) if (!kept.has(partition)) lastReads.delete(partition)
    }
    for (const [partition, values] of valuesByPartition(polledBy(operation))) {
      const anomaly = readAnomaly(orders, partition, lastReads.get(partition), values[0] as string, operation)
      if (anomaly !== undefined) anomalies.push(anomaly)
      // Of a transaction that was not committed all is read again.
      if (operation.outcome === 'ok') lastReads.set(partition, { value: values.at(-1) as string, operation })
    }
  }
  return anomalies
}

function readAnomaly(
  orders: ReadonlyMap<string, PartitionOrder>,
  partition: string,
  last: Last | undefined,
  value: string,
  operation: Operation,
): Anomaly | undefined {
  const order = orders.get(partition)
  if (last === undefined || order === undefined) return undefined
  const delta = stepBetween(order, last.value, value)
  if (delta === 1) return undefined
  const common = { partition, values: [last.value, value], operations: [last.operation, operation] }
  const place = `${operation.process} had read '${last.value}' of ${partition} last and then`
  return delta > 1
    ? { kind: 'skipped-poll', text: `${place} '${value}', with ${delta - 1} records between them`, ...common }
    : { kind: 'nonmonotonic-poll', text: `${place} '${value}', which is not behind it`, ...common }
}

function compareSends(orders: ReadonlyMap<string, PartitionOrder>, operations: readonly Operation[]): Anomaly[] {
  const anomalies: Anomaly[] = []
  const lastSends = new Map<string, Last>()
  for (const operation of operations) {
    if (operation.kind === 'crash') lastSends.clear()
    if (operation.outcome === 'failed') continue
    for (const [partition, values] of valuesByPartition(sentBy(operation))) {
      const [value = ''] = values
      const last = lastSends.get(partition)
      const order = orders.get(partition)
      if (last !== undefined && order !== undefined && stepBetween(order, last.value, value) < 1) {
        const text = `${operation.process} sent '${value}' to ${partition} after '${last.value}', and it is before it`
        const records = { partition, values: [last.value, value], operations: [last.operation, operation] }
        anomalies.push({ kind: 'nonmonotonic-send', text, ...records })
      }
      lastSends.set(partition, { value: values.at(-1) as string, operation })
    }
  }
  return anomalies
}
