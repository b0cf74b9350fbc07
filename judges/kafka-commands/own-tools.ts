// Our tools: each once as a process of its own, as its users start it; then in this process, where a start costs nothing.
import path from 'node:path'
import { main } from '@odradek/cli'
import { createNodeEnv } from '@odradek/env-node'
import type { ToolOutput } from '../apache-tools/tool-host.ts'
import { root } from '../lib/folders.ts'
import { runCommand } from '../lib/run-command.ts'

export class OwnTools {
  readonly #timeoutMs: number
  readonly #started = new Set<string>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  run(script: string, args: readonly string[], input: string): Promise<ToolOutput> {
    if (this.#started.has(script)) return this.#runHere([script, ...args], input)
    this.#started.add(script)
    return this.#runProcess([script, ...args], input)
  }

  async #runProcess(args: readonly string[], input: string): Promise<ToolOutput> {
    const command = path.join(root, 'packages', 'cli', 'bin', 'odradek.js')
    const options = { input, timeoutMs: this.#timeoutMs }
    const { status, stdout, stderr } = await runCommand(
      process.execPath,
      ['--conditions=source', command, ...args],
      options,
    )
    return { code: String(status), stdout, stderr }
  }

  async #runHere(args: readonly string[], input: string): Promise<ToolOutput> {
    const stdout: Buffer[] = []
    let stderr = ''
    const nobody = (): Promise<string> => Promise.reject(new Error('nobody is there to answer'))
    const code = await main(args, {
      createEnv: (level) => Promise.resolve(createNodeEnv({ log: { level } })),
      environment: { ODRADEK_CONFIG: path.join(root, 'no-such-file.yaml') },
      profilesDirectory: path.join(root, 'config'),
      terminal: {
        input: (async function* () {
          yield Buffer.from(input)
        })(),
        inputIsTerminal: false,
        outputIsTerminal: false,
        errorIsTerminal: false,
        columns: 80,
        interrupted: AbortSignal.timeout(this.#timeoutMs),
        ask: nobody,
        askSecret: nobody,
        write: (chunk) => {
          stdout.push(Buffer.from(chunk as string))
          return Promise.resolve()
        },
        writeError: (text) => {
          stderr += text
        },
      },
    })
    return { code: String(code), stdout: Buffer.concat(stdout).toString(), stderr }
  }
}
