import { OdradekError } from '../error.ts'

export type DiskErrorCode =
  | 'NOT_FOUND'
  | 'EXISTS'
  | 'NOT_EMPTY'
  | 'NOT_A_DIRECTORY'
  | 'IS_A_DIRECTORY'
  | 'PERMISSION_DENIED'
  | 'NO_SPACE'
  | 'TOO_MANY_OPEN_FILES'
  | 'LOCKED'
  | 'CLOSED'
  | 'IO'

/** The disk refused or failed; the message names the path. After a failed sync nothing that was written since the last good one may be relied on. */
export class DiskError extends OdradekError<DiskErrorCode> {}
