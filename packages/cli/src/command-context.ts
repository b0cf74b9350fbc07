import type { Env } from '@odradek/base'
import type { LogLevel } from '@odradek/base'
import type { Terminal } from './terminal.ts'

/** What a command has of the world that it was started in. */
export interface CommandContext {
  /** A new Env whose log, on standard error, begins at `logLevel`. Loaded when it is first needed. */
  createEnv(logLevel: LogLevel): Promise<Env>
  /** The environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
}
