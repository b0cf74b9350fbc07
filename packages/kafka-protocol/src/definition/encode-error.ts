import { OdradekError } from '@odradek/base'

export type EncodeErrorCode =
  /** The version, or a field that was given a value, does not exist in that version of the message. */
  | 'UNSUPPORTED_VERSION'
  /** A value that does not fit its field: null where there is no null, out of range, too long. */
  | 'INVALID_VALUE'

/** A value that cannot be written as the message and version that it was given for: a defect of the caller. */
export class EncodeError extends OdradekError<EncodeErrorCode> {}
