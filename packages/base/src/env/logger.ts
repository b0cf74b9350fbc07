import type { LogLevels } from './log-levels.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Values behind a log message, in the order in which they are to be read; an `Error` under `error` is shown with its stack at `debug`. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where a component tells a person what it does. A message is a sentence; what varies goes into the fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  isEnabled(level: LogLevel): boolean
  /** The levels of all components of this process. */
  readonly levels: LogLevels
  /** A logger whose lines carry the component's name. */
  child(component: string, fields?: LogFields): Logger
}
