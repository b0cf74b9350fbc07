import { OdradekError } from '@odradek/base'

export type PersistenceErrorCode =
  /** A file is damaged where synced data must be. */
  | 'CORRUPT'
  /** Files that recovery needs are not there. */
  | 'INCOMPLETE'

/** The data directory cannot be used as it is; the message names the file and what to do. */
export class PersistenceError extends OdradekError<PersistenceErrorCode> {}
