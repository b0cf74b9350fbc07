import { OdradekError } from '@odradek/base'

export type SaslErrorCode =
  /** The other side says what the mechanism does not allow. */
  | 'MALFORMED'
  /** A user or a password is not the right one. */
  | 'REFUSED'

/** An exchange of SASL tokens that came to nothing. */
export class SaslError extends OdradekError<SaslErrorCode> {}
