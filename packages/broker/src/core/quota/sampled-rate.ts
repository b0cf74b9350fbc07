/** `quota.window.num` and `quota.window.size.seconds` as Kafka has them by default. */
const samplesMax = 11
const sampleMs = 1000

/**
 * How much there was per second, lately: in samples of one second, of which the newest eleven count (Kafka's Rate over SampledStat).
 * A rate that has just begun counts as if it had gone on for ten full samples, so that a first burst is no violation.
 */
export class SampledRate {
  readonly #samples: { startMs: number; amount: number }[] = []

  record(amount: number, nowMs: number): void {
    this.#forgetOld(nowMs)
    const newest = this.#samples.at(-1)
    if (newest === undefined || nowMs - newest.startMs >= sampleMs) this.#samples.push({ startMs: nowMs, amount })
    else newest.amount += amount
  }

  #forgetOld(nowMs: number): void {
    while (this.#samples[0] !== undefined && nowMs - this.#samples[0].startMs >= samplesMax * sampleMs) {
      this.#samples.shift()
    }
  }

  /** For how long the owner must be silent, in milliseconds, until the rate is down at `limitPerSecond`. */
  excessMs(limitPerSecond: number, nowMs: number): number {
    this.#forgetOld(nowMs)
    const oldest = this.#samples[0]
    if (oldest === undefined) return 0
    const amount = this.#samples.reduce((sum, sample) => sum + sample.amount, 0)
    const elapsedMs = nowMs - oldest.startMs
    const missingSamples = Math.max(0, samplesMax - 1 - Math.floor(elapsedMs / sampleMs))
    const windowMs = elapsedMs + missingSamples * sampleMs
    const perSecond = (amount * 1000) / windowMs
    if (perSecond <= limitPerSecond) return 0
    return limitPerSecond <= 0 ? windowMs : Math.round(((perSecond - limitPerSecond) / limitPerSecond) * windowMs)
  }
}
