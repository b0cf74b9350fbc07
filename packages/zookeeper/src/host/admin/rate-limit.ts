/** Lets one through per interval. */
export class RateLimit {
  readonly #intervalMs: number
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  allows(nowMs: number): boolean {
    if (nowMs < this.#lastMs + this.#intervalMs) return false
    this.#lastMs = nowMs
    return true
  }
}
