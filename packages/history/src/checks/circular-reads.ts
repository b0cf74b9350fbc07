import type { Anomaly } from '../anomaly.ts'
import type { HistoryFacts } from '../history-facts.ts'
import type { Operation } from '../operation.ts'
import { polledBy } from '../operation.ts'

/** Transactions, each of which read what the next one sent, in a circle. One anomaly for each transaction that such a circle comes back to. */
export function circularReads(facts: HistoryFacts): Anomaly[] {
  const transactions = facts.history.filter((one) => one.kind === 'transaction' && facts.isCommitted(one))
  const readFrom = new Map(transactions.map((one) => [one, writersRead(facts, one)]))
  const done = new Set<Operation>()
  const anomalies: Anomaly[] = []
  for (const start of transactions) {
    // Depth first, without recursion: histories are long.
    const path: { readonly operation: Operation; readonly next: Iterator<Operation> }[] = []
    const onPath = new Set<Operation>()
    const enter = (operation: Operation): void => {
      path.push({ operation, next: (readFrom.get(operation) ?? []).values() })
      onPath.add(operation)
    }
    if (!done.has(start)) enter(start)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value, done: isAtEnd } = top.next.next() as { value?: Operation; done?: boolean }
      if (isAtEnd === true || value === undefined) {
        path.pop()
        onPath.delete(top.operation)
        done.add(top.operation)
      } else if (onPath.has(value)) {
        const from = path.findIndex(({ operation }) => operation === value)
        const circle = path.slice(from).map(({ operation }) => operation)
        anomalies.push(anomalyOf(circle))
      } else if (!done.has(value)) enter(value)
    }
  }
  return anomalies
}

function anomalyOf(circle: readonly Operation[]): Anomaly {
  const names = circle.map(({ process, index }) => `${process} (${index})`).join(' → ')
  const text = `each of these transactions read what the next one sent, and the last of the first: ${names}`
  return { kind: 'circular-read', partition: '', values: [], text, operations: circle }
}

function writersRead(facts: HistoryFacts, reader: Operation): readonly Operation[] {
  const writers = new Set<Operation>()
  for (const { partition, value } of polledBy(reader)) {
    const writer = facts.writerOf(partition, value)
    // Who reads his own has an anomaly of its own kind.
    if (writer !== undefined && writer !== reader && writer.kind === 'transaction') writers.add(writer)
  }
  return [...writers]
}
