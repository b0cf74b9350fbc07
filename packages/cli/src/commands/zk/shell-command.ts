import type { Env } from '@odradek/base'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import type { ParseArgsOptionsConfig } from 'node:util'

export type OutputFormat = 'text' | 'table' | 'json'

/** Where a command writes to. */
export interface Output {
  /** Control characters in what a server sends are shown, not obeyed. */
  readonly isTerminal: boolean
  /** A line of what was asked for. */
  line(text: string): void
  /** Bytes of what was asked for, as they are. */
  bytes(data: Buffer): void
  /** A line about it, which is not part of it. */
  note(text: string): void
}

/** What a command works with. */
export interface ShellContext {
  readonly env: Env
  readonly client: ZooKeeperClient
  readonly output: Output
  readonly format: OutputFormat
  /** Whether a person will type the next command: what waits for an event then does so behind the prompt. */
  readonly isInteractive: boolean
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** The arguments of a command, its options taken out. */
export interface ShellArguments {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

/** One command of the shell. */
export interface ShellCommand {
  /** The name, and others that do the same: zkCli's, where they differ. */
  readonly names: readonly [string, ...string[]]
  /** What stands behind the name. */
  readonly usage: string
  readonly summary: string
  readonly options: ParseArgsOptionsConfig
  /** How many arguments it takes beside the options. */
  readonly arity: readonly [min: number, max: number]
  run(context: ShellContext, args: ShellArguments): Promise<void>
}
