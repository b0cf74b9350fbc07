import { assert } from '../assert.ts'
import { Histogram } from './histogram.ts'

export type LabelValues = Readonly<Record<string, string>>

/** A number that only grows. Keep the object and call `add`: a plain field, no look-up on the hot path. */
export class Counter {
  value = 0

  add(amount = 1): void {
    this.value += amount
  }
}

/** A number that goes up and down. */
export class Gauge {
  value = 0

  set(value: number): void {
    this.value = value
  }
}

interface Family {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly children: Map<string, Counter | Gauge | Histogram | (() => number)>
  /** Gives children that come and go, when they are shown. */
  readonly collectors: (() => Iterable<readonly [labels: LabelValues, value: number]>)[]
}

/**
 * The numbers that a process shows, rendered in Prometheus' text format (version 0.0.4).
 * A metric is made on first use and the same object is returned for the same name and labels.
 */
export class MetricsRegistry {
  readonly #families = new Map<string, Family>()

  counter(name: string, help: string, labels: LabelValues = {}): Counter {
    return this.#child(name, 'counter', help, labels, () => new Counter())
  }

  gauge(name: string, help: string, labels: LabelValues = {}): Gauge {
    return this.#child(name, 'gauge', help, labels, () => new Gauge())
  }

  /** A gauge whose value is asked for when it is shown. */
  observe(name: string, help: string, read: () => number, labels: LabelValues = {}): void {
    this.#family(name, 'gauge', help).children.set(labelText(labels), read)
  }

  /** Gauges, or counters, of things that come and go: which there are is asked when they are shown. */
  collect(
    name: string,
    kind: 'gauge' | 'counter',
    help: string,
    read: () => Iterable<readonly [labels: LabelValues, value: number]>,
  ): void {
    this.#family(name, kind, help).collectors.push(read)
  }

  /** Distribution of durations in milliseconds, or of sizes in bytes, as the name says. */
  histogram(name: string, help: string, labels: LabelValues = {}): Histogram {
    return this.#child(name, 'histogram', help, labels, () => new Histogram())
  }

  /** Takes one labelled metric away, e.g. when its topic is deleted. */
  remove(name: string, labels: LabelValues = {}): void {
    this.#families.get(name)?.children.delete(labelText(labels))
  }

  /** All metrics in Prometheus' text format. */
  render(): string {
    const lines: string[] = []
    for (const [name, family] of this.#families) {
      lines.push(`# HELP ${name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`)
      lines.push(`# TYPE ${name} ${family.kind === 'histogram' ? 'summary' : family.kind}`)
      for (const [labels, child] of family.children) {
        if (child instanceof Histogram) lines.push(...child.render(name, labels))
        else lines.push(`${name}${braced(labels)} ${typeof child === 'function' ? child() : child.value}`)
      }
      for (const collect of family.collectors) {
        for (const [labels, value] of collect()) lines.push(`${name}${braced(labelText(labels))} ${value}`)
      }
    }
    return `${lines.join('\n')}\n`
  }

  #family(name: string, kind: Family['kind'], help: string): Family {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { kind, help, children: new Map(), collectors: [] }
      this.#families.set(name, family)
    }
    assert(family.kind === kind, `metric ${name} is a ${family.kind}, not a ${kind}`)
    return family
  }

  #child<Child extends Counter | Gauge | Histogram>(
    name: string,
    kind: Family['kind'],
    help: string,
    labels: LabelValues,
    make: () => Child,
  ): Child {
    const { children } = this.#family(name, kind, help)
    const key = labelText(labels)
    let child = children.get(key) as Child | undefined
    if (child === undefined) {
      child = make()
      children.set(key, child)
    }
    return child
  }
}

function labelText(labels: LabelValues): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',')
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}
