import type { Timer, Timers } from '@odradek/base'

/**
 * Until when requests may wait. A broker that stops ends all waits at once: each is answered with what there is, as if its time were over,
 * and none keeps a timer for as long as its client had asked for.
 */
export class RequestDeadlines implements Pick<Timers, 'after'> {
  readonly #timers: Timers
  readonly #waits = new Set<() => void>()
  #isOver = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Calls `onOver` when the time is over, or the broker stops. */
  after(durationMs: number, onOver: () => void): Timer {
    const end = (): void => {
      timer.cancel()
      if (this.#waits.delete(end)) onOver()
    }
    const timer = this.#timers.after(this.#isOver ? 0 : durationMs, end)
    this.#waits.add(end)
    return {
      cancel: () => {
        timer.cancel()
        this.#waits.delete(end)
      },
    }
  }

  /** No request waits any longer, nor does a later one. */
  endAll(): void {
    this.#isOver = true
    for (const end of this.#waits) end()
  }
}
