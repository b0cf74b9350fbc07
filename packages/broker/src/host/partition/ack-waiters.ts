import type { ErrorCodeValue } from '../../core/partition/partition-fetch.ts'

/** One produced batch that waits until the in-sync replicas have it. */
export interface AckWaiter {
  /** The high watermark at which it is committed: the offset behind its last record. */
  readonly requiredOffset: number
  /** Called once: NONE when committed, else why it never will be known to be. */
  done(errorCode: ErrorCodeValue): void
}

/**
 * The produced batches of one partition that are not committed yet, in the order of their offsets.
 * Owned by the partition, which tells it every move of the high watermark.
 */
export class AckWaiters {
  #waiters: AckWaiter[] = []
  #first = 0

  get size(): number {
    return this.#waiters.length - this.#first
  }

  add(waiter: AckWaiter): void {
    this.#waiters.push(waiter)
  }

  /** Everything below `highWatermark` is committed; `errorCode` is what those who waited for it are told. */
  committed(highWatermark: number, errorCode: ErrorCodeValue): void {
    while (this.#first < this.#waiters.length) {
      const waiter = this.#waiters[this.#first] as AckWaiter
      if (waiter.requiredOffset > highWatermark) break
      this.#first++
      waiter.done(errorCode)
    }
    if (this.#first === this.#waiters.length) {
      this.#waiters = []
      this.#first = 0
    } else if (this.#first > 1024) {
      this.#waiters = this.#waiters.slice(this.#first)
      this.#first = 0
    }
  }

  /** This broker no longer leads: nobody will know from it. */
  failAll(errorCode: ErrorCodeValue): void {
    const waiters = this.#waiters.slice(this.#first)
    this.#waiters = []
    this.#first = 0
    for (const waiter of waiters) waiter.done(errorCode)
  }
}
