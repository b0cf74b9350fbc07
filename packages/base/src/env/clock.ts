/** The two clocks of a machine. */
export interface Clock {
  /** Wall time in whole milliseconds since 1970-01-01 UTC. May jump, forwards and back. */
  wallMs(): number
  /** Milliseconds, with fraction, since an arbitrary start. Never goes back: use it for durations and deadlines. */
  monotonicMs(): number
  /** For how many milliseconds, with fraction, the process has had nothing to do since an arbitrary start: it waited for input or for a timer. */
  idleMs(): number
}
