/**
 * Where the files of one log are. All parts of the log hold the same folder and ask it at each use: a replica that has been moved to another
 * log directory gets its final name while it is open.
 */
export interface LogFolder {
  /** The log directory (of `log.dirs`). */
  readonly directory: string
  /** The log's own directory below it. */
  path: string
}
