import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { cacheFolder, root } from '../lib/folders.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { mustRun } from '../lib/run-command.ts'

interface Progress {
  readonly acknowledged: number
  readonly by_topic: Readonly<Record<string, number>>
  readonly failed: number
  readonly last_error: string
}

/** What was found when everything had been read back. */
export interface Verdict {
  readonly verified: true
  readonly acknowledged: number
  readonly read: number
  readonly complaints: readonly string[]
}

export interface CheckerOptions {
  readonly bootstrap: string
  readonly topics?: readonly string[]
  readonly partitions?: number
  readonly valueBytes?: number
  /** How long a record is tried; for ever, by an idempotent producer, without it. */
  readonly giveUp?: string
}

/** Compiles judges/faults/checker; returns the program. */
export async function buildChecker(): Promise<string> {
  const program = path.join(cacheFolder('faults'), 'checker')
  await mustRun('go', ['build', '-o', program, '.'], {
    cwd: path.join(root, 'judges', 'faults', 'checker'),
    timeoutMs: 600_000,
  })
  return program
}

/** A producer that remembers what was acknowledged, in a process of its own; see judges/faults/checker. */
export class Checker {
  readonly #child: ChildProcess
  #progress: Progress = { acknowledged: 0, by_topic: {}, failed: 0, last_error: '' }
  #verdict: Verdict | undefined
  #errors = ''

  constructor(program: string, { bootstrap, topics = ['checked'], partitions = 3, ...options }: CheckerOptions) {
    const args = ['-bootstrap', bootstrap, '-topics', topics.join(','), '-partitions', String(partitions)]
    if (options.valueBytes !== undefined) args.push('-size', String(options.valueBytes))
    if (options.giveUp !== undefined) args.push('-give-up', options.giveUp)
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let rest = ''
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const said = JSON.parse(line) as Progress | Verdict
        if ('verified' in said) this.#verdict = said
        else this.#progress = said
      }
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()))
  }

  get progress(): Progress {
    return this.#progress
  }

  /** Waits until `count` more records are acknowledged, of one topic where it is given. */
  async moves(count: number, timeoutMs: number, topic?: string): Promise<void> {
    const acknowledged = (): number =>
      topic === undefined ? this.#progress.acknowledged : (this.#progress.by_topic[topic] ?? 0)
    const wanted = acknowledged() + count
    await pollUntil(`${count} more acknowledged records`, timeoutMs, () => {
      this.#mustRun()
      return acknowledged() >= wanted ? true : undefined
    })
  }

  /** Ends the producer, which then reads everything back. */
  async verdict(): Promise<Verdict> {
    this.#child.stdin?.end()
    return pollUntil('the checker reads everything back', 300_000, () => {
      if (this.#verdict === undefined) this.#mustRun()
      return this.#verdict
    })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #mustRun(): void {
    if (this.#child.exitCode !== null) throw new Error(`the checker ended: ${this.#errors.trim()}`)
  }
}
