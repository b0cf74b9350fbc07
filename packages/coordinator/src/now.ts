/** The two clocks at the moment of an event. A core gets time only through its arguments. */
export interface Now {
  /** Wall time in milliseconds since 1970: what is written into records and compared with what was read from them. */
  readonly wallMs: number
  /** Monotonic milliseconds: what deadlines are measured in. */
  readonly monotonicMs: number
}
