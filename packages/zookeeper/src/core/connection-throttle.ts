/** ZooKeeper's `connection_throttle_…` keys. */
export interface ConnectionThrottleOptions {
  /** So many tokens there are at most; 0 sets no limit. */
  readonly connectionTokens: number
  readonly connectionTokenIntervalMs: number
  /** So many come back per interval. */
  readonly connectionTokenFillCount: number
  /** How often the chance of being refused changes, in ms; -1: nobody is refused by chance. */
  readonly connectionFreezeMs: number
  readonly connectionDropIncrease: number
  readonly connectionDropDecrease: number
  /** The chance goes down when no more than this part of the tokens is taken. */
  readonly connectionDecreaseRatio: number
  /** Sessions take tokens by their kinds. */
  readonly connectionWeightEnabled: boolean
  readonly newSessionWeight: number
  readonly renewedSessionWeight: number
}

/**
 * Who gets in: each session takes tokens, and tokens come back with time. Before the tokens are out, some may be refused by chance: the more often
 * they were all taken, the likelier (the BLUE algorithm, after Feng et al. 2002).
 */
export class ConnectionThrottle {
  readonly #options: ConnectionThrottleOptions
  readonly #chance: () => number
  readonly #capacity: number
  readonly #fillCount: number
  #tokens: number
  #filledMs = 0
  #frozenMs = 0
  #dropProbability = 0

  /** `chance` gives numbers from 0 to below 1. */
  constructor(options: ConnectionThrottleOptions, chance: () => number) {
    this.#options = options
    this.#chance = chance
    // The numbers in the configuration are meant for new sessions.
    const scale = options.connectionWeightEnabled ? options.newSessionWeight : 1
    this.#capacity = options.connectionTokens * scale
    this.#fillCount = options.connectionTokenFillCount * scale
    this.#tokens = this.#capacity
  }

  get dropProbability(): number {
    return this.#dropProbability
  }

  /** How many tokens are taken. */
  get deficit(): number {
    return this.#capacity - this.#tokens
  }

  /** False when this session has to be refused. `nowMs` never goes back. */
  admits(isRenewed: boolean, nowMs: number): boolean {
    if (this.#capacity <= 0) return true
    this.#fill(nowMs)
    if (this.#options.connectionFreezeMs !== -1 && this.#isUnlucky(nowMs)) return false
    const { connectionWeightEnabled, newSessionWeight, renewedSessionWeight } = this.#options
    const weight = connectionWeightEnabled ? (isRenewed ? renewedSessionWeight : newSessionWeight) : 1
    if (this.#tokens < weight) return false
    this.#tokens -= weight
    return true
  }

  #fill(nowMs: number): void {
    const { connectionTokenIntervalMs } = this.#options
    const intervals = Math.floor((nowMs - this.#filledMs) / connectionTokenIntervalMs)
    if (intervals <= 0) return
    this.#filledMs += intervals * connectionTokenIntervalMs
    this.#tokens = Math.min(this.#capacity, this.#tokens + intervals * this.#fillCount)
  }

  #isUnlucky(nowMs: number): boolean {
    const { connectionFreezeMs, connectionDropIncrease, connectionDropDecrease, connectionDecreaseRatio } =
      this.#options
    if (nowMs - this.#frozenMs > connectionFreezeMs) {
      if (this.#tokens === 0) this.#dropProbability = Math.min(1, this.#dropProbability + connectionDropIncrease)
      else if (this.deficit <= Math.round(this.#capacity * connectionDecreaseRatio))
        this.#dropProbability = Math.max(0, this.#dropProbability - connectionDropDecrease)
      this.#frozenMs = nowMs
    }
    return this.#chance() < this.#dropProbability
  }
}
