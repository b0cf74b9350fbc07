// Records that were acknowledged and that nobody read.
import type { Anomaly } from '../anomaly.ts'
import type { HistoryFacts } from '../history-facts.ts'
import type { Operation } from '../operation.ts'
import { sentBy } from '../operation.ts'

interface Unread {
  readonly partition: string
  readonly value: string
  readonly writer: Operation
}

function unread(facts: HistoryFacts): Unread[] {
  return facts.history.flatMap((writer) =>
    facts.isCommitted(writer)
      ? sentBy(writer)
          .filter(({ partition, value }) => facts.readerOf(partition, value) === undefined)
          .map(({ partition, value }) => ({ partition, value, writer }))
      : [],
  )
}

/** Those that are before something that was read. Where a record is at several offsets, what counts is the last for who has to be read, the first for who was. */
export function lostWrites(facts: HistoryFacts): Anomaly[] {
  const readTo = new Map<string, number>()
  for (const [partition, order] of facts.orders) {
    for (const values of order.values) {
      for (const value of values) {
        if (facts.readerOf(partition, value) === undefined) continue
        readTo.set(partition, Math.max(readTo.get(partition) ?? -1, order.indexOf(value) ?? -1))
      }
    }
  }
  return unread(facts).flatMap(({ partition, value, writer }): Anomaly[] => {
    const order = facts.orders.get(partition)
    const index = order?.lastIndexOf(value)
    const endIndex = readTo.get(partition) ?? -1
    if (order === undefined || index === undefined || index > endIndex) return []
    const text = `'${value}' of ${writer.process} was acknowledged at offset ${order.offsets[index]} of ${partition}; offset ${order.offsets[endIndex]} was read, it never was`
    return [{ kind: 'lost-write', partition, values: [value], text, operations: [writer] }]
  })
}

/** All of them: what is wrong once everything was read to its end. */
export function unseenWrites(facts: HistoryFacts): Anomaly[] {
  return unread(facts).map(({ partition, value, writer }): Anomaly => {
    const text = `'${value}' of ${writer.process} was acknowledged in ${partition} and never read`
    return { kind: 'unseen', partition, values: [value], text, operations: [writer] }
  })
}
