interface Session {
  readonly id: bigint
  timeoutMs: number
  isClosing: boolean
  /** The tick boundary at which it expires. */
  bucketMs: number
}

/**
 * The sessions that are alive, each in the bucket of the tick at which it expires unless it is heard of before: the time-out
 * after it was last heard of, rounded up to the next tick. Times are monotonic milliseconds.
 */
export class SessionTable {
  readonly #tickMs: number
  readonly #sessions = new Map<bigint, Session>()
  readonly #buckets = new Map<number, Set<Session>>()

  constructor(tickMs: number) {
    this.#tickMs = tickMs
  }

  get size(): number {
    return this.#sessions.size
  }

  has(id: bigint): boolean {
    return this.#sessions.has(id)
  }

  timeoutMsOf(id: bigint): number | undefined {
    return this.#sessions.get(id)?.timeoutMs
  }

  /** Every session with its time-out, as snapshots keep them. */
  timeouts(): [id: bigint, timeoutMs: number][] {
    return [...this.#sessions.values()].map(({ id, timeoutMs }) => [id, timeoutMs])
  }

  /** Session ids by the time at which they expire, soonest first. */
  expiries(): [expiryMs: number, ids: bigint[]][] {
    return [...this.#buckets]
      .sort(([a], [b]) => a - b)
      .map(([expiryMs, sessions]) => [expiryMs, [...sessions].map(({ id }) => id)])
  }

  /** Adds a session, or gives one that is there a new time-out; its time starts now. */
  track(id: bigint, timeoutMs: number, nowMs: number): void {
    const session = this.#sessions.get(id) ?? { id, timeoutMs, isClosing: false, bucketMs: -1 }
    session.timeoutMs = timeoutMs
    this.#sessions.set(id, session)
    this.#move(session, nowMs)
  }

  /** The session was heard of. False when it is unknown or closing. */
  touch(id: bigint, nowMs: number): boolean {
    const session = this.#sessions.get(id)
    if (session === undefined || session.isClosing) return false
    this.#move(session, nowMs)
    return true
  }

  #move(session: Session, nowMs: number): void {
    const bucketMs = (Math.floor((nowMs + session.timeoutMs) / this.#tickMs) + 1) * this.#tickMs
    if (bucketMs === session.bucketMs) return
    this.#leaveBucket(session)
    session.bucketMs = bucketMs
    const bucket = this.#buckets.get(bucketMs)
    if (bucket === undefined) this.#buckets.set(bucketMs, new Set([session]))
    else bucket.add(session)
  }

  #leaveBucket(session: Session): void {
    const bucket = this.#buckets.get(session.bucketMs)
    bucket?.delete(session)
    if (bucket?.size === 0) this.#buckets.delete(session.bucketMs)
  }

  /** From now on its requests fail; it is gone when `remove` is called. */
  setClosing(id: bigint): void {
    const session = this.#sessions.get(id)
    if (session !== undefined) session.isClosing = true
  }

  remove(id: bigint): void {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#leaveBucket(session)
    this.#sessions.delete(id)
  }

  /** It is there, and neither asked to be closed nor expired. */
  isAlive(id: bigint): boolean {
    return this.#sessions.get(id)?.isClosing === false
  }

  /** The sessions whose time is up, now closing: each is returned once. */
  expire(nowMs: number): bigint[] {
    const expired: bigint[] = []
    for (const [bucketMs, sessions] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      if (bucketMs > nowMs) break
      for (const session of sessions) {
        session.isClosing = true
        session.bucketMs = -1
        expired.push(session.id)
      }
      this.#buckets.delete(bucketMs)
    }
    return expired
  }
}
