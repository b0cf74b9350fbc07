import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import path from 'node:path'

export interface DaemonOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Both outputs are appended here. */
  readonly logFile: string
  /** Signals go to all that the command starts, too: for a command that runs the server by way of others, such as npm. */
  readonly signalsGoToAll?: boolean
}

const running = new Set<Daemon>()
// No server outlives the judge that has started it.
process.on('exit', () => {
  for (const daemon of running) daemon.kill('SIGKILL')
})

/** A server in a process of its own. Its output is kept, whole in a file and the end in memory. */
export class Daemon {
  readonly name: string
  readonly #child: ChildProcess
  readonly #signalsGoToAll: boolean
  readonly #exited: Promise<number | null>
  #output = ''
  #hasExited = false
  #onOutput: () => void = () => {}

  private constructor(options: DaemonOptions) {
    this.name = options.name
    mkdirSync(path.dirname(options.logFile), { recursive: true })
    const log = createWriteStream(options.logFile, { flags: 'a' })
    this.#child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: options.signalsGoToAll ?? false,
    })
    this.#signalsGoToAll = options.signalsGoToAll ?? false
    running.add(this)
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        log.write(chunk)
        this.#output = (this.#output + chunk.toString()).slice(-200_000)
        this.#onOutput()
      })
    }
    this.#exited = new Promise((resolve) => {
      const gone = (code: number | null): void => {
        this.#hasExited = true
        running.delete(this)
        log.end()
        resolve(code)
        this.#onOutput()
      }
      this.#child.on('error', () => gone(null))
      this.#child.on('close', gone)
    })
  }

  static start(options: DaemonOptions): Daemon {
    return new Daemon(options)
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  get isAlive(): boolean {
    return !this.#hasExited
  }

  /** The last 200,000 characters of its output. */
  get output(): string {
    return this.#output
  }

  /** Resolves when the output matches. Rejects, with the output's end, when the process ends or the time is over. */
  waitForOutput(pattern: RegExp, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`did not say ${pattern} within ${timeoutMs} ms`), timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        this.#onOutput = () => {}
      }
      const fail = (why: string): void => {
        settle()
        reject(
          new Error(`${this.name} ${why}; its last lines:\n${this.#output.trim().split('\n').slice(-15).join('\n')}`),
        )
      }
      const look = (): void => {
        if (pattern.test(this.#output)) {
          settle()
          resolve()
        } else if (this.#hasExited) fail('ended')
      }
      this.#onOutput = look
      look()
    })
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#signalsGoToAll) this.#child.kill(signal)
    else if (this.isAlive) process.kill(-this.pid, signal)
  }

  /** SIGTERM, and SIGKILL if that does not help within `timeoutMs`. Returns the exit code. */
  async stop(timeoutMs = 30_000): Promise<number | null> {
    if (this.#hasExited) return this.#exited
    this.kill('SIGTERM')
    const timer = setTimeout(() => this.kill('SIGKILL'), timeoutMs)
    const code = await this.#exited
    clearTimeout(timer)
    return code
  }

  /** As `kill -9` does it. */
  async crash(): Promise<void> {
    this.kill('SIGKILL')
    await this.#exited
  }
}
