// What a reader must not get at all.
import type { Anomaly } from '../anomaly.ts'
import type { HistoryFacts } from '../history-facts.ts'
import { polledBy, sentBy } from '../operation.ts'

/** Values that nobody sent, and those of senders that failed. */
export function readsOfNothing(facts: HistoryFacts): Anomaly[] {
  const anomalies: Anomaly[] = []
  for (const reader of facts.history) {
    for (const { partition, value, offset } of polledBy(reader)) {
      const writer = facts.writerOf(partition, value)
      if (writer === undefined) {
        const text = `${reader.process} read '${value}' at offset ${offset} of ${partition}, which nobody sent`
        anomalies.push({ kind: 'foreign-read', partition, values: [value], text, operations: [reader] })
      } else if (writer.outcome === 'failed') {
        const text = `${reader.process} read '${value}' at offset ${offset} of ${partition}, which ${writer.process} had failed to send or aborted`
        anomalies.push({ kind: 'aborted-read', partition, values: [value], text, operations: [writer, reader] })
      }
    }
  }
  return anomalies
}

/** Transactions that read what they sent themselves. */
export function precommittedReads({ history }: Pick<HistoryFacts, 'history'>): Anomaly[] {
  return history.flatMap((operation): Anomaly[] => {
    const own = new Set(sentBy(operation).map(({ partition, value }) => `${partition} ${value}`))
    return polledBy(operation)
      .filter(({ partition, value }) => own.has(`${partition} ${value}`))
      .map(({ partition, value }) => ({
        kind: 'precommitted-read',
        partition,
        values: [value],
        text: `${operation.process} read '${value}' of ${partition} in the transaction that sent it`,
        operations: [operation],
      }))
  })
}
