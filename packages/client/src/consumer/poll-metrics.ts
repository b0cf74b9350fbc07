import type { ClientMetrics, MetricPlace } from '../metrics/client-metrics.ts'
import type { Samples } from '../metrics/meters.ts'

/** Seconds since then; -1 when that never was. */
export function secondsAgo(
  metrics: ClientMetrics,
  place: MetricPlace,
  name: string,
  what: string,
  atMs: () => number,
): void {
  metrics.gauge(place, name, `seconds since ${what}; -1 when that never was`, (nowMs) =>
    Number.isNaN(atMs()) ? -1 : Math.floor((nowMs - atMs()) / 1000),
  )
}

/** How often the application asks for records, and how long it waits for them. */
export class PollMetrics {
  readonly #nowMs: () => number
  readonly #gaps: Samples
  readonly #idleRatios: Samples
  #lastPollMs = NaN
  #lastIdleMs = 0

  constructor(metrics: ClientMetrics, place: MetricPlace, nowMs: () => number) {
    this.#nowMs = nowMs
    this.#gaps = metrics.samples(place, 'time-between-poll', 'ms between two times that records were asked for')
    this.#idleRatios = metrics.samples(place, 'poll-idle-ratio', 'share of the time that was spent waiting for records')
    secondsAgo(metrics, place, 'last-poll-seconds-ago', 'records were asked for last', () => this.#lastPollMs)
  }

  /** Records were asked for at `fromMs`, and have come now. */
  polled(fromMs: number): void {
    const nowMs = this.#nowMs()
    if (!Number.isNaN(this.#lastPollMs)) {
      const gapMs = fromMs - this.#lastPollMs
      this.#gaps.record(gapMs, nowMs)
      this.#idleRatios.record(gapMs <= 0 ? 0 : Math.min(1, this.#lastIdleMs / gapMs), nowMs)
    }
    this.#lastPollMs = fromMs
    this.#lastIdleMs = nowMs - fromMs
  }
}
