import type { Env } from '@odradek/base'
import { Histogram } from '@odradek/base'
import type { Row } from '../../output/render-rows.ts'

const mebibyte = 1024 * 1024

/** Counts what was done, from its beginning on. */
export class Measurement {
  readonly #env: Env
  readonly #startMs: number
  #endMs: number | undefined
  readonly latencies = new Histogram()
  records = 0
  bytes = 0

  constructor(env: Env) {
    this.#env = env
    this.#startMs = env.clock.monotonicMs()
  }

  get seconds(): number {
    return Math.max(0.001, ((this.#endMs ?? this.#env.clock.monotonicMs()) - this.#startMs) / 1000)
  }

  /** What comes now, such as the end of connections, is not measured any more. */
  finish(): void {
    this.#endMs = this.#env.clock.monotonicMs()
  }

  /** `12,345 records/s, 12.06 MiB/s` */
  get rateText(): string {
    const { seconds } = this
    const perSecond = Math.round(this.records / seconds).toLocaleString('en')
    return `${perSecond} records/s, ${(this.bytes / mebibyte / seconds).toFixed(2)} MiB/s`
  }

  /** The table's one row. Latencies are within an eighth of what they were. */
  row(what: string): Row {
    const { seconds, latencies } = this
    const rates = {
      bench: what,
      records: this.records,
      seconds: rounded(seconds, 2),
      recordsPerSecond: Math.round(this.records / seconds),
      mibPerSecond: rounded(this.bytes / mebibyte / seconds, 2),
    }
    if (latencies.count === 0) return rates
    return {
      ...rates,
      p50Ms: rounded(latencies.quantile(0.5), 2),
      p95Ms: rounded(latencies.quantile(0.95), 2),
      p99Ms: rounded(latencies.quantile(0.99), 2),
      maxMs: rounded(latencies.max, 2),
    }
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
