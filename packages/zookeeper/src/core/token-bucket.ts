/** How often something may be done: each time takes a token, and tokens come back with time. */
export interface TokenBucketOptions {
  /** So many there are at most; 0 sets no limit. */
  readonly capacity: number
  readonly fillIntervalMs: number
  /** So many come back per interval. */
  readonly fillCount: number
}

export class TokenBucket {
  readonly #options: TokenBucketOptions
  #tokens: number
  #filledMs = 0

  constructor(options: TokenBucketOptions) {
    this.#options = options
    this.#tokens = options.capacity
  }

  /** False when there is none left. `nowMs` never goes back. */
  take(nowMs: number): boolean {
    const { capacity, fillIntervalMs, fillCount } = this.#options
    if (capacity <= 0) return true
    const intervals = Math.floor((nowMs - this.#filledMs) / fillIntervalMs)
    if (intervals > 0) {
      this.#filledMs += intervals * fillIntervalMs
      this.#tokens = Math.min(capacity, this.#tokens + intervals * fillCount)
    }
    if (this.#tokens === 0) return false
    this.#tokens--
    return true
  }
}
