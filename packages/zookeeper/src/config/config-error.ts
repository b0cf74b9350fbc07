import { OdradekError } from '@odradek/base'

export type ConfigErrorCode =
  /** A key that must be there is not. */
  | 'MISSING'
  /** A value that is not what its key takes. */
  | 'INVALID'

/** The configuration cannot be used; the message names the key. */
export class ZooKeeperConfigError extends OdradekError<ConfigErrorCode> {}
