import type { Timer, Timers } from '@odradek/base'

/** What is done again and again, until all of it is stopped. */
export class RepeatedTimers {
  readonly #timers: Timers
  readonly #running = new Map<string, Timer>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Does `action` after `delayMs()`, and so on; what had this name before is over. */
  repeat(name: string, delayMs: () => number, action: () => void): void {
    this.#running.get(name)?.cancel()
    const timer = this.#timers.after(delayMs(), () => {
      this.repeat(name, delayMs, action)
      action()
    })
    this.#running.set(name, timer)
  }

  stop(): void {
    for (const timer of this.#running.values()) timer.cancel()
    this.#running.clear()
  }
}
