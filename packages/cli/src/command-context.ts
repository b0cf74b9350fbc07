import type { Env } from '@odradek/base'
import type { LogLevel } from '@odradek/base'
import type { Terminal } from './terminal.ts'

/** What the program has of the world that it was started in. */
export interface ProcessContext {
  /** A new Env whose log, on standard error, begins at `logLevel`. Loaded when it is first needed. */
  createEnv(logLevel: LogLevel): Promise<Env>
  /** The environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where the directories of the profiles are. */
  readonly profilesDirectory: string
  readonly terminal: Terminal
}

/** What a command works with. */
export interface CommandContext extends ProcessContext {
  /** Has the program end with this code, when the command is done; 0 without it. What is thrown ends it with 1. */
  exitWith(code: number): void
}
