import { Meter, Samples } from './meters.ts'

/** One metric of a client, under the name that Kafka's own clients have for it. */
export interface ClientMetric {
  readonly name: string
  /** Such as `producer-metrics` or `consumer-fetch-manager-metrics`. */
  readonly group: string
  readonly tags: Readonly<Record<string, string>>
  readonly description: string
  /** NaN while there is nothing to tell. */
  readonly value: number
  /** It only grows; else it goes up and down. */
  readonly isTotal: boolean
}

export type Tags = Readonly<Record<string, string>>

/** What a number is called. */
export interface MetricPlace {
  readonly group: string
  readonly tags?: Tags
}

interface Entry {
  readonly name: string
  readonly group: string
  readonly tags: Tags
  readonly description: string
  readonly isTotal: boolean
  readonly read: (nowMs: number) => number
}

/** A metric of the application's own (KIP-1076). */
export interface ApplicationMetric {
  readonly name: string
  readonly group: string
  readonly tags?: Tags
  readonly description?: string
  /** Its value now; NaN when there is none. */
  value(): number
}

/** One value for each of several tags, found when somebody asks. */
export interface TaggedValue {
  readonly tags: Tags
  readonly value: number
}

/** All metrics of one client. Who measures holds a meter and adds numbers to it; names and values come together only when they are read. */
export class ClientMetrics {
  readonly #nowMs: () => number
  readonly #tags: Tags
  readonly #entries: Entry[] = []
  readonly #families: { name: string; group: string; description: string; read: () => Iterable<TaggedValue> }[] = []

  readonly #own = new Set<ApplicationMetric>()

  constructor(nowMs: () => number, tags: Tags) {
    this.#nowMs = nowMs
    this.#tags = tags
  }

  /** `NAME-rate` and `NAME-total`. */
  meter(place: MetricPlace, name: string, what: string): Meter {
    const meter = new Meter(this.#nowMs())
    this.#add(place, `${name}-rate`, `${what}, a second`, false, (nowMs) => meter.ratePerSecond(nowMs))
    this.#add(place, `${name}-total`, `${what}, since the beginning`, true, () => meter.total)
    return meter
  }

  /** `NAME-avg` and `NAME-max`. */
  samples(place: MetricPlace, name: string, what: string): Samples {
    const samples = new Samples(this.#nowMs())
    this.#add(place, `${name}-avg`, `${what}, mean`, false, (nowMs) => samples.mean(nowMs))
    this.#add(place, `${name}-max`, `${what}, the largest`, false, (nowMs) => samples.max(nowMs))
    return samples
  }

  gauge(place: MetricPlace, name: string, description: string, read: (nowMs: number) => number): void {
    this.#add(place, name, description, false, read)
  }

  total(place: MetricPlace, name: string, description: string, read: () => number): void {
    this.#add(place, name, description, true, read)
  }

  /** As many gauges as `read` finds when it is called, such as one for each partition. */
  family(group: string, name: string, description: string, read: () => Iterable<TaggedValue>): void {
    this.#families.push({ group, name, description, read })
  }

  #add(
    { group, tags = {} }: MetricPlace,
    name: string,
    description: string,
    isTotal: boolean,
    read: Entry['read'],
  ): void {
    this.#entries.push({ name, group, tags: { ...this.#tags, ...tags }, description, isTotal, read })
  }

  /** Shows, and pushes, a metric of the application's own beside the others. */
  register(metric: ApplicationMetric): void {
    this.#own.add(metric)
  }

  unregister(metric: ApplicationMetric): void {
    this.#own.delete(metric)
  }

  /** Their values now. */
  read(): ClientMetric[] {
    const nowMs = this.#nowMs()
    const single = this.#entries.map(({ read, ...entry }): ClientMetric => ({ ...entry, value: read(nowMs) }))
    const many = this.#families.flatMap(({ read, ...family }) =>
      [...read()].map(({ tags, value }): ClientMetric => ({
        ...family,
        tags: { ...this.#tags, ...tags },
        isTotal: false,
        value,
      })),
    )
    const own = [...this.#own].map(({ tags = {}, description = '', ...metric }): ClientMetric => ({
      name: metric.name,
      group: metric.group,
      tags: { ...this.#tags, ...tags },
      description,
      value: metric.value(),
      isTotal: false,
    }))
    return [...single, ...many, ...own]
  }
}
