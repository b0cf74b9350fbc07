// The shell at a prompt: lines are read, run and answered one after the other, with history and completion.
import { homedir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { DiskError } from '@odradek/base'
import type { Env } from '@odradek/base'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { complete } from './complete.ts'
import { explain, ExitCode } from './explain.ts'
import { runShellCommand } from './run-shell-command.ts'
import type { Output, OutputFormat } from './shell-command.ts'
import { splitWords } from './split-words.ts'

const historySize = 1000

export interface PromptOptions {
  readonly env: Env
  readonly client: ZooKeeperClient
  readonly output: Output
  readonly format: OutputFormat
  /** What the prompt shows: the servers. */
  readonly server: string
}

/** Runs until `quit`, Ctrl-D, or the end of the session. Returns the exit code. */
export async function runPrompt(options: PromptOptions): Promise<ExitCode> {
  const { env, client, output, server } = options
  const isTerminal = process.stdin.isTTY
  const historyFile = path.join(homedir(), '.odradek_zk_history')
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: isTerminal,
    history: isTerminal ? readHistory(env, historyFile) : [],
    historySize,
    removeHistoryDuplicates: true,
    completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) =>
      void complete(client, line).then((result) => done(null, result)),
  })
  let history: readonly string[] = []
  terminal.on('history', (lines: string[]) => (history = lines))
  const stopState = client.onState((state) => {
    if (state === 'connected') output.note('connected again')
    else if (state === 'disconnected') output.note('the connection is lost; trying again …')
    else terminal.close()
  })
  const prompt = `zk ${server}> `
  let exitCode: ExitCode = ExitCode.done
  let running: AbortController | undefined
  terminal.on('SIGINT', () => {
    if (running !== undefined) return running.abort(new Error('stopped'))
    // At the prompt it takes the line away.
    terminal.write(null, { ctrl: true, name: 'e' })
    terminal.write(null, { ctrl: true, name: 'u' })
    output.note('\nquit or Ctrl-D ends the shell')
    terminal.prompt()
  })
  for await (const line of lines(terminal, prompt, isTerminal)) {
    if (/^\s*(quit|exit|close)\s*$/.test(line)) break
    if (/^\s*history\s*$/.test(line))
      for (const [index, old] of history.toReversed().entries()) output.line(`${index} - ${old}`)
    else {
      running = new AbortController()
      exitCode = await runLine(options, running.signal, line)
      running = undefined
    }
  }
  stopState()
  terminal.close()
  if (isTerminal && history.length > 0) writeHistory(env, historyFile, history)
  return client.state === 'expired' || client.state === 'authFailed'
    ? ExitCode.noConnection
    : isTerminal
      ? ExitCode.done
      : exitCode
}

async function* lines(terminal: Interface, prompt: string, isTerminal: boolean): AsyncGenerator<string> {
  const waiting: string[] = []
  let isOver = false
  let wake = (): void => {}
  terminal.on('line', (line) => {
    waiting.push(line)
    wake()
  })
  terminal.on('close', () => {
    isOver = true
    wake()
  })
  for (;;) {
    const line = waiting.shift()
    if (line !== undefined) {
      yield line
      continue
    }
    if (isOver) {
      // Ctrl-D leaves the cursor behind the prompt.
      if (isTerminal) process.stdout.write('\n')
      return
    }
    if (isTerminal) {
      terminal.setPrompt(prompt)
      terminal.prompt()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    await promise
  }
}

async function runLine(options: PromptOptions, signal: AbortSignal, line: string): Promise<ExitCode> {
  try {
    const words = splitWords(line)
    if (words.length === 0) return ExitCode.done
    return await runShellCommand({ ...options, isInteractive: true, signal }, words)
  } catch (error) {
    const explained = explain(error)
    if (explained === undefined) throw error
    options.output.note(explained.message)
    return explained.exitCode
  }
}

/** The newest line first, as readline has it. */
function readHistory(env: Env, file: string): string[] {
  try {
    return env.disk
      .readFileSync(file)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .reverse()
  } catch (error) {
    if (error instanceof DiskError) return []
    throw error
  }
}

/** Lines with a password are not kept. */
function writeHistory(env: Env, file: string, history: readonly string[]): void {
  const kept = history.filter((line) => !/^\s*addauth\b/i.test(line)).toReversed()
  try {
    env.disk.writeFileAtomicSync(file, Buffer.from(`${kept.join('\n')}\n`))
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    env.log.warn('the history is not kept', { file, error })
  }
}
