/** How it is with one thing that was looked at: `problem` needs somebody, `warning` is worth knowing. */
export type FindingStatus = 'ok' | 'warning' | 'problem'

/** One line of the doctor's. */
export interface Finding {
  readonly status: FindingStatus
  /** What was looked at, e.g. a file, a directory, an address. */
  readonly what: string
  /** What was found, and what to do. */
  readonly finding: string
}

export const ok = (what: string, finding: string): Finding => ({ status: 'ok', what, finding })
export const warning = (what: string, finding: string): Finding => ({ status: 'warning', what, finding })
export const problem = (what: string, finding: string): Finding => ({ status: 'problem', what, finding })

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
