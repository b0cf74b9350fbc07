import type { Timer, Timers } from '@odradek/base'

/** Tasks for later, all of which can be called off at once. */
export class TaskTimers {
  readonly #timers: Timers
  readonly #pending = new Set<Timer>()
  #isStopped = false

  constructor(timers: Timers) {
    this.#timers = timers
  }

  after(delayMs: number, task: () => void): void {
    if (this.#isStopped) return
    const timer = this.#timers.after(delayMs, () => {
      this.#pending.delete(timer)
      task()
    })
    this.#pending.add(timer)
  }

  /** For the first time after `firstDelayMs` and one interval. */
  every(intervalMs: number, firstDelayMs: number, task: () => void): void {
    this.after(firstDelayMs + intervalMs, () => {
      task()
      this.every(intervalMs, 0, task)
    })
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#pending) timer.cancel()
    this.#pending.clear()
  }
}
