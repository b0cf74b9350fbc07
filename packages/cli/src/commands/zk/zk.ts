import { createNodeEnv } from '@odradek/env-node'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { onInterrupt } from '../../on-interrupt.ts'
import { parseLogLevel } from '../../options.ts'
import { clientOptions, identities, parseFormat, takeOptions } from './connection-options.ts'
import type { ZkOptions } from './connection-options.ts'
import { explain } from './explain.ts'
import type { ExitCode } from './explain.ts'
import { runPrompt } from './prompt.ts'
import { runShellCommand } from './run-shell-command.ts'
import type { Output } from './shell-command.ts'

/** `odradek zk [COMMAND …]`: one command, or without one the shell at a prompt. Returns the exit code. */
export async function zk(given: readonly string[], before: ZkOptions): Promise<ExitCode> {
  try {
    return await run(given, before)
  } catch (error) {
    const explained = explain(error)
    if (explained === undefined) throw error
    terminalOutput.note(explained.message)
    return explained.exitCode
  }
}

async function run(given: readonly string[], before: ZkOptions): Promise<ExitCode> {
  const { words, options } = takeOptions(given, before)
  const format = parseFormat(options.output)
  const env = createNodeEnv({ log: { level: parseLogLevel(options.logLevel) } })
  const client = new ZooKeeperClient(env, clientOptions(env, options))
  const output = terminalOutput
  const shown = identities(options)
  const abort = new AbortController()
  const context = { env, client, output, format, isInteractive: false, signal: abort.signal }
  // Help needs no server.
  if (words[0] === 'help' || words.includes('--help')) return runShellCommand(context, words)
  let stopListening = (): void => {}
  await connect(client, options.server)
  try {
    for (const { scheme, data } of shown) await client.addAuth(scheme, data)
    if (words.length === 0) return await runPrompt({ ...context, server: options.server })
    stopListening = onInterrupt(env.clock, () => abort.abort(new Error('stopped')))
    return await runShellCommand(context, words)
  } finally {
    stopListening()
    await client.close()
  }
}

/** Says where nobody answered. */
async function connect(client: ZooKeeperClient, server: string): Promise<void> {
  const isLate = client.env.timers.after(3000, () => terminalOutput.note(`no answer from ${server} yet; trying on …`))
  try {
    await client.connect()
  } finally {
    isLate.cancel()
  }
}

const terminalOutput: Output = {
  isTerminal: process.stdout.isTTY,
  line: (text) => void process.stdout.write(`${text}\n`),
  bytes: (data) => void process.stdout.write(data),
  note: (text) => void process.stderr.write(`${text}\n`),
}
