/**
 * Permits that come at a steady rate and are saved up to a burst; whoever takes more than there are goes into debt (KIP-599).
 * It is full at first.
 */
export class TokenBucket {
  readonly #burstSeconds: number
  #tokens = Number.POSITIVE_INFINITY
  #filledMs = 0

  constructor(burstSeconds: number) {
    this.#burstSeconds = burstSeconds
  }

  /** How long until there is no debt, in milliseconds; 0 when there is none. */
  debtMs(perSecond: number, nowMs: number): number {
    this.#fill(perSecond, nowMs)
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / perSecond) * 1000)
  }

  take(permits: number, perSecond: number, nowMs: number): void {
    this.#fill(perSecond, nowMs)
    this.#tokens -= permits
  }

  #fill(perSecond: number, nowMs: number): void {
    const gained = ((nowMs - this.#filledMs) / 1000) * perSecond
    this.#tokens = Math.min(perSecond * this.#burstSeconds, this.#tokens + gained)
    this.#filledMs = nowMs
  }
}
