import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { Clock } from '@odradek/base'
import { onInterrupt } from './on-interrupt.ts'
import type { Terminal } from './terminal.ts'

/** One line that is typed; Ctrl-C and Ctrl-D instead of it end the program, as nothing has been done yet. A secret is not shown. */
async function askLine(question: string, isSecret: boolean): Promise<string> {
  // A server never asks, and need not wait for this module at its start.
  const { createInterface } = await import('node:readline/promises')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const output = isSecret ? nowhere : process.stderr
  // From here on the terminal itself shows nothing: only then may the question invite somebody to type.
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY })
  const given = new AbortController()
  lines.once('SIGINT', () => given.abort())
  lines.once('close', () => given.abort())
  try {
    if (isSecret) process.stderr.write(question)
    return await lines.question(isSecret ? '' : question, { signal: given.signal })
  } catch {
    process.stderr.write('\n')
    return process.exit(130)
  } finally {
    lines.close()
    if (isSecret) process.stderr.write('\n')
  }
}

/** Standard input; it ends when the signal is aborted, also while nothing comes. */
async function* inputUntil(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process
  const stop = (): void => void stdin.destroy()
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop)
  try {
    yield* stdin
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** The terminal of this process. Listens for signals from when `interrupted` is first asked for. */
export function processTerminal(clock: Pick<Clock, 'monotonicMs'>): Terminal {
  let outputClosed = false
  const controller = new AbortController()
  let listens = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    outputClosed = true
    controller.abort()
  })
  return {
    // Node makes each stream when it is first asked for it: a server is not.
    get input() {
      return inputUntil(controller.signal)
    },
    get inputIsTerminal() {
      return process.stdin.isTTY
    },
    get outputIsTerminal() {
      return process.stdout.isTTY
    },
    get errorIsTerminal() {
      return process.stderr.isTTY
    },
    get columns() {
      return process.stdout.columns ?? process.stderr.columns ?? 80
    },
    async write(output) {
      if (outputClosed || process.stdout.write(output)) return
      await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')])
    },
    ask: (question) => askLine(question, false),
    askSecret: (question) => askLine(question, true),
    writeError(text) {
      process.stderr.write(text)
    },
    get interrupted() {
      if (!listens) {
        listens = true
        onInterrupt(clock, () => controller.abort())
      }
      return controller.signal
    },
  }
}
