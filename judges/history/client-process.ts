import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { HistoryRecorder, OpenOperation } from '@odradek/history'
import { root } from '../lib/folders.ts'
import type { ClientJob, Told } from './told.ts'

export type Role = 'producer' | 'member' | 'reader' | 'copier'

/** A client that is started again whenever it has ended, until it is told to stop. What its processes say goes into the history. */
export class ClientProcess {
  readonly role: Role
  readonly #job: ClientJob
  readonly #recorder: HistoryRecorder
  #child: ChildProcess
  #ended: Promise<void>
  #isStopping = false
  /** Lives that ended by themselves, and the last words of those. */
  readonly failures: string[] = []
  /** Every life: when it began, how it ended, and why operations failed in it. */
  readonly #lives: string[] = []
  #tookState: (text: string) => void = () => {}

  constructor(role: Role, job: ClientJob, recorder: HistoryRecorder) {
    this.role = role
    this.#job = job
    this.#recorder = recorder
    const { child, ended } = this.#start()
    this.#child = child
    this.#ended = ended
  }

  #start(): { child: ChildProcess; ended: Promise<void> } {
    const program = path.join(root, 'judges', 'history', 'client.ts')
    const args = ['--conditions=source', '--disable-warning=ExperimentalWarning', program, this.role]
    const child = spawn(process.execPath, [...args, JSON.stringify(this.#job)], { stdio: ['ignore', 'pipe', 'pipe'] })
    const open = new Map<number, { operation: OpenOperation; places: readonly number[] }>()
    let last = ''
    this.#note(child, 'begins')
    child.stderr.on('data', (chunk: Buffer) => {
      last = (last + chunk.toString()).slice(-2000)
      this.#note(child, chunk.toString().trim())
    })
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      // The last line of one that was killed may be half a line.
      if (!line.endsWith('}')) return
      const told = JSON.parse(line) as Told
      if (told.kind === 'state') this.#tookState(told.text)
      else if (told.kind === 'end' && told.why !== undefined) this.#note(child, `operation ${told.id}: ${told.why}`)
      this.#take(told, open)
    })
    const ended = new Promise<void>((resolve) => {
      let left = 2
      const end = (): void => {
        if (--left > 0) return
        this.#recorder.crashed(this.#job.name)
        const { exitCode, signalCode } = child
        this.#note(child, `ends: ${signalCode ?? exitCode}`)
        if (exitCode !== null && exitCode !== 0 && exitCode !== 3) this.failures.push(`exit code ${exitCode}: ${last}`)
        resolve()
        if (!this.#isStopping) this.#restart()
      }
      lines.once('close', end)
      child.once('exit', end)
    })
    return { child, ended }
  }

  #note(child: ChildProcess, text: string): void {
    this.#lives.push(`${(performance.now() / 1000).toFixed(3)} process ${child.pid ?? -1} ${text}`)
    if (this.#lives.length > 100) this.#lives.shift()
  }

  /** What it has lived through, and what it is doing now. */
  async describe(): Promise<string> {
    const state = await new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('it does not say what it is doing'), 3000)
      this.#tookState = (text) => {
        clearTimeout(timer)
        resolve(text)
      }
      this.signal('SIGUSR2')
    })
    return [`${this.#job.name}:`, ...this.#lives, state].join('\n')
  }

  #restart(): void {
    const { child, ended } = this.#start()
    this.#child = child
    this.#ended = ended
  }

  #take(told: Told, open: Map<number, { operation: OpenOperation; places: readonly number[] }>): void {
    const { name } = this.#job
    if (told.kind === 'state') return
    if (told.kind === 'polled') return this.#recorder.polled(name, told.polled)
    if (told.kind === 'assigned') return this.#recorder.assigned(name, told.kept)
    if (told.kind === 'begin') {
      const operation = this.#recorder.begin(name, told.operation)
      if (told.polled !== undefined) operation.poll(told.polled)
      open.set(told.id, { operation, places: operation.send(told.sent) })
      return
    }
    const found = open.get(told.id)
    for (const [index, offset] of (told.offsets ?? []).entries()) {
      const place = found?.places[index]
      if (offset >= 0 && place !== undefined) found?.operation.place(place, offset)
    }
    found?.operation.end(told.outcome)
    open.delete(told.id)
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** SIGTERM, and SIGKILL for one that does not end by it. Resolves with whether it ended by itself. */
  async stop(timeoutMs: number): Promise<boolean> {
    this.#isStopping = true
    let wasKilled = false
    const timer = setTimeout(() => {
      wasKilled = true
      this.#child.kill('SIGKILL')
    }, timeoutMs)
    this.#child.kill('SIGTERM')
    await this.#ended
    clearTimeout(timer)
    return !wasKilled
  }
}
