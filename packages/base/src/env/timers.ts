/** A callback that is yet to run. */
export interface Timer {
  /** Makes sure that the callback does not run; nothing happens when it has run already. */
  cancel(): void
}

/** The only source of "later". */
export interface Timers {
  /** Runs `callback` once, not before `delayMs` milliseconds of monotonic time have passed. A negative delay counts as 0. */
  after(delayMs: number, callback: () => void): Timer
  /**
   * Runs `callback` once the input that has arrived in this turn has been handled (Node: `setImmediate`).
   * It is how work of one turn is gathered: one sync for all writes, one socket write for all replies.
   */
  endOfTurn(callback: () => void): void
}
