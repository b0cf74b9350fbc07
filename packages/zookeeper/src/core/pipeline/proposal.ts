import type { Request } from '../request.ts'
import type { LogEntry } from '../transaction.ts'

/** A write that was prepared and has its place in the order, on its way to being committed. */
export interface Proposal {
  readonly entry: LogEntry
  /** The entry as it goes into the log, and to other servers. */
  readonly bytes: Buffer
  /** What `PendingChanges` may forget once it is applied. */
  readonly changedPaths: readonly string[]
  /** Who waits for it, or asked for it. */
  readonly request: Request
}
