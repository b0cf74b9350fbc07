/** What rates are measured over: `quota.window.num` samples of `quota.window.size.seconds`. */
export interface RateWindow {
  readonly samples: number
  readonly sampleMs: number
}

/** As Kafka has it by default. */
export const defaultRateWindow: RateWindow = { samples: 11, sampleMs: 1000 }

/**
 * How much there was per second, lately: in samples of a second, of which the newest eleven count, unless the window is another (Kafka's Rate over SampledStat).
 * A rate that has just begun counts as if it had gone on for ten full samples, so that a first burst is no violation.
 */
export class SampledRate {
  readonly #window: RateWindow
  readonly #samples: { startMs: number; amount: number }[] = []

  constructor(window: RateWindow = defaultRateWindow) {
    this.#window = window
  }

  record(amount: number, nowMs: number): void {
    this.#forgetOld(nowMs)
    const newest = this.#samples.at(-1)
    if (newest === undefined || nowMs - newest.startMs >= this.#window.sampleMs)
      this.#samples.push({ startMs: nowMs, amount })
    else newest.amount += amount
  }

  #forgetOld(nowMs: number): void {
    const { samples, sampleMs } = this.#window
    while (this.#samples[0] !== undefined && nowMs - this.#samples[0].startMs >= samples * sampleMs) {
      this.#samples.shift()
    }
  }

  /** Whether nothing counts. */
  isEmpty(nowMs: number): boolean {
    this.#forgetOld(nowMs)
    return this.#samples.every(({ amount }) => amount === 0)
  }

  /** For how long the owner must be silent, in milliseconds, until the rate is down at `limitPerSecond`. */
  excessMs(limitPerSecond: number, nowMs: number): number {
    this.#forgetOld(nowMs)
    const oldest = this.#samples[0]
    if (oldest === undefined) return 0
    const amount = this.#samples.reduce((sum, sample) => sum + sample.amount, 0)
    const elapsedMs = nowMs - oldest.startMs
    const { samples, sampleMs } = this.#window
    const missingSamples = Math.max(0, samples - 1 - Math.floor(elapsedMs / sampleMs))
    const windowMs = elapsedMs + missingSamples * sampleMs
    const perSecond = (amount * 1000) / windowMs
    if (perSecond <= limitPerSecond) return 0
    return limitPerSecond <= 0 ? windowMs : Math.round(((perSecond - limitPerSecond) / limitPerSecond) * windowMs)
  }
}
