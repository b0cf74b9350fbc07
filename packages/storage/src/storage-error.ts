import { OdradekError } from '@odradek/base'

export type StorageErrorCode =
  /** Another process holds the log directory. */
  | 'DIRECTORY_LOCKED'
  /** `meta.properties` of the log directories contradict each other or the configuration. */
  | 'INCONSISTENT_IDENTITY'
  /** A checkpoint, snapshot or index does not have its format. */
  | 'CORRUPT_FILE'
  /** No log directory is left that works. */
  | 'NO_DIRECTORY'

/** Log directories cannot be used as they are; the message names the file and the next step. */
export class StorageError extends OdradekError<StorageErrorCode> {}
