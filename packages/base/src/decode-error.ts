import { OdradekError } from './error.ts'

export type DecodeErrorCode =
  /** The bytes end before what they announce. */
  | 'TRUNCATED'
  /** A length, count, tag or value that no writer may produce. */
  | 'MALFORMED'
  /** Well formed, but above a bound that protects this process. */
  | 'TOO_LARGE'

/** The one error of every decoder: bytes from outside that are not what they claim to be. */
export class DecodeError extends OdradekError<DecodeErrorCode> {}
