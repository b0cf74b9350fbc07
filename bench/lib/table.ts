import type { BrokerName } from './brokers.ts'

/** Values of each broker, one a round. */
export type PerBroker = Record<BrokerName, number[]>

export function none(): PerBroker {
  return { apache: [], odradek: [] }
}

export interface Measure {
  readonly title: string
  readonly unit: string
  readonly apache: readonly number[]
  readonly odradek: readonly number[]
  /** What to compare: more is better, or less is. */
  readonly better: 'more' | 'less'
  /** What to reach, in words. */
  readonly aim: string
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** How many times better ours is: above 1 wins, whatever is measured. */
export function timesBetter({ apache, odradek, better }: Measure): number {
  const ratio = median(odradek) / median(apache)
  return better === 'more' ? ratio : 1 / ratio
}

/** A table in Markdown: medians, with the spread of the rounds. `apache` is what ours is beside. */
export function markdownTable(measures: readonly Measure[], apache = 'Apache Kafka 3.9.1'): string {
  const rows = measures.map((measure) => {
    const cells = [
      measure.title,
      withSpread(measure.apache, measure.unit),
      withSpread(measure.odradek, measure.unit),
      `${timesBetter(measure).toFixed(2)}×`,
      measure.aim,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [`| measure | ${apache} | Odradek | times better | aim |`, '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  )
}

function withSpread(values: readonly number[], unit: string): string {
  const text = `${rounded(median(values))} ${unit}`
  return values.length < 2 ? text : `${text} (${rounded(Math.min(...values))}–${rounded(Math.max(...values))})`
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
