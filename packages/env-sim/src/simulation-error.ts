import { OdradekError } from '@odradek/base'

export type SimulationErrorCode =
  /** Code under simulation threw out of a callback, or left a rejected promise to nobody. */
  | 'CALLBACK_FAILED'
  /** What was waited for did not come in the time it had. */
  | 'TIMED_OUT'
  /** Nothing is left to happen, and what was waited for did not come. */
  | 'NOTHING_LEFT'
  /** The simulation was used against its rules, such as asking a machine that is down for its env. */
  | 'MISUSED'

/** A simulation failed; the message names the seed, the time and the last events. */
export class SimulationError extends OdradekError<SimulationErrorCode> {}
