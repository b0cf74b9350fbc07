/**
 * What a leader knows of one follower, learned from that follower's fetches alone (Kafka: Replica, KIP-16's time-based lag).
 * A follower is caught up at a moment if it had, by then, fetched everything that the leader had.
 */
export class FollowerState {
  readonly brokerId: number
  /** -1 until it fetches from this leader. */
  logEndOffset = -1
  logStartOffset = -1
  brokerEpoch = -1
  /** The last time at which it had all that the leader had. */
  lastCaughtUpMs = 0
  #lastFetchMs = 0
  #lastFetchLeaderEndOffset = 0

  constructor(brokerId: number) {
    this.brokerId = brokerId
  }

  /** A new leader epoch begins. Members of the ISR get the benefit of the doubt: they count as caught up now. */
  reset(leaderEndOffset: number, nowMs: number, isInSync: boolean): void {
    this.logEndOffset = -1
    this.logStartOffset = -1
    this.brokerEpoch = -1
    this.lastCaughtUpMs = isInSync ? nowMs : 0
    this.#lastFetchMs = isInSync ? nowMs : 0
    this.#lastFetchLeaderEndOffset = leaderEndOffset
  }

  /** It asks for what follows `fetchOffset`, so it has all before it. */
  fetched(
    fetchOffset: number,
    logStartOffset: number,
    leaderEndOffset: number,
    nowMs: number,
    brokerEpoch: number,
  ): void {
    if (fetchOffset >= leaderEndOffset) this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, nowMs)
    // It asks for what was the end when it asked last time: it was caught up then.
    else if (fetchOffset >= this.#lastFetchLeaderEndOffset) {
      this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, this.#lastFetchMs)
    }
    this.logEndOffset = fetchOffset
    this.logStartOffset = logStartOffset
    this.brokerEpoch = brokerEpoch
    this.#lastFetchMs = nowMs
    this.#lastFetchLeaderEndOffset = leaderEndOffset
  }

  isCaughtUp(leaderEndOffset: number, nowMs: number, lagMaxMs: number): boolean {
    return this.logEndOffset === leaderEndOffset || nowMs - this.lastCaughtUpMs <= lagMaxMs
  }
}
