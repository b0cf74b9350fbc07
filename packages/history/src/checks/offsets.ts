import type { Anomaly } from '../anomaly.ts'
import type { HistoryFacts } from '../history-facts.ts'

/** Offsets with two values, and records at two offsets. */
export function offsetsAtOdds({ orders }: Pick<HistoryFacts, 'orders'>): Anomaly[] {
  return [...orders].flatMap(([partition, order]): Anomaly[] => [
    ...order.values.flatMap((values, index): Anomaly[] => {
      if (values.size < 2) return []
      const text = `offset ${order.offsets[index]} of ${partition} is told to hold ${[...values].map((value) => `'${value}'`).join(' and ')}`
      return [{ kind: 'inconsistent-offset', partition, values: [...values], text, operations: [] }]
    }),
    ...order.repeated.map(({ value, offsets }): Anomaly => {
      const text = `'${value}' is at the offsets ${offsets.join(', ')} of ${partition}`
      return { kind: 'duplicate', partition, values: [value], text, operations: [] }
    }),
  ])
}
