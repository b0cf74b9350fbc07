import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

const answerMs = 30_000

/**
 * A shell for people that a script talks to: a command at a time, each followed by one that fails in a known way, whose error says that the output
 * before it is whole.
 */
export class ScriptedShell {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #marker: (name: string) => readonly [command: string, answer: string]
  #output = ''
  #everything = ''
  #count = 0
  #hasEnded = false
  #wake: () => void = () => {}

  /** `marker` makes a command about the node `name`, which is not there, and the error that the shell answers it with. */
  constructor(
    command: string,
    args: readonly string[],
    marker: (name: string) => readonly [command: string, answer: string],
  ) {
    this.#marker = marker
    // One pipe for both outputs, so that their order is kept.
    this.#child = spawn('bash', ['-c', 'exec "$@" 2>&1', 'bash', command, ...args])
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString()
      this.#everything += chunk.toString()
      this.#wake()
    })
    this.#child.stdin.on('error', () => {})
    this.#child.on('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
  }

  /** All that it has said. */
  get everything(): string {
    return this.#everything
  }

  /** What the shell says to a command. */
  async say(command: string): Promise<string> {
    this.#count += 1
    const [markerCommand, answer] = this.#marker(`/marker-${this.#count}`)
    this.#output = ''
    this.#child.stdin.write(`${command}\n${markerCommand}\n`)
    await this.#until(() => this.#output.includes(answer))
    return this.#output.slice(0, this.#output.indexOf(answer))
  }

  /** Ends the shell by its own command. Returns its last words. */
  async quit(command: string): Promise<string> {
    this.#output = ''
    this.#child.stdin.end(`${command}\n`)
    await this.#until(() => this.#hasEnded)
    return this.#output
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #until(isDone: () => boolean): Promise<void> {
    const endMs = performance.now() + answerMs
    while (!isDone()) {
      const leftMs = endMs - performance.now()
      if (leftMs <= 0 || this.#hasEnded) throw new Error(`the shell did not answer:\n${this.#output.slice(-2000)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
}
