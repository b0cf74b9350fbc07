import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Terminal } from './terminal.ts'

/** The terminal of this process. Listens for signals from when `interrupted` is first asked for. */
export function processTerminal(): Terminal {
  let outputClosed = false
  const controller = new AbortController()
  let listens = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    outputClosed = true
    controller.abort()
  })
  return {
    input: process.stdin,
    inputIsTerminal: process.stdin.isTTY,
    outputIsTerminal: process.stdout.isTTY,
    columns: process.stdout.columns ?? 80,
    async write(output) {
      if (outputClosed || process.stdout.write(output)) return
      await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')])
    },
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return await lines.question(question)
      } finally {
        lines.close()
      }
    },
    writeError(text) {
      process.stderr.write(text)
    },
    get interrupted() {
      if (!listens) {
        listens = true
        const interrupt = (): void => {
          if (controller.signal.aborted) process.exit(130)
          controller.abort()
        }
        process.on('SIGINT', interrupt)
        process.on('SIGTERM', interrupt)
      }
      return controller.signal
    },
  }
}
