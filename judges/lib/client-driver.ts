// A client library of some language, behind a small program of its own that reads commands, one JSON object a line, and
// answers each with one line. judges/clients/README.md says what each command must do.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface DriverCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A record as a consumer saw it. */
export interface SeenRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly sizeBytes: number
  readonly sha256: string
  readonly headers: Readonly<Record<string, string>>
  readonly timestampMs: number
}

export interface Produced {
  readonly partition: number
  readonly offset: number
}

export interface MemberState {
  readonly assigned: number
  readonly received: number
}

/** Partition, offset and key of a record that a group member got, in the order in which it got them. */
export type Received = readonly [partition: number, offset: number, key: string]

const answerTimeoutMs = 150_000

export class ClientDriver {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #lastId = 0
  #errors = ''

  constructor({ command, args, cwd, env }: DriverCommand) {
    this.#child = spawn(command, args, { cwd, env: { ...process.env, ...env } })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-4000)
    })
    this.#child.stdin?.on('error', () => {})
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answered(line))
    }
    const gone = (why: string): void => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the client program ${why}:\n${this.#errors}`))
      this.#waiting.clear()
    }
    this.#child.on('error', (error) => gone(`could not be started: ${error.message}`))
    this.#child.on('close', (code) => gone(`ended with ${code}`))
  }

  #answered(line: string): void {
    if (!line.startsWith('{')) return
    const { id, result, error } = JSON.parse(line) as { id: number; result?: unknown; error?: string }
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(`the client says: ${error}`))
  }

  #ask<T>(op: string, args: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const id = ++this.#lastId
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(
          new Error(`the client did not answer "${op}" within ${answerTimeoutMs} ms:\n${this.#errors.slice(-1500)}`),
        )
      }, answerTimeoutMs)
      const settle = <V>(callback: (value: V) => void): ((value: V) => void) => {
        return (value) => {
          clearTimeout(timer)
          callback(value)
        }
      }
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
    })
    this.#child.stdin?.write(`${JSON.stringify({ id, op, ...args })}\n`)
    return answer as Promise<T>
  }

  connect(bootstrap: string): Promise<string> {
    return this.#ask('connect', { bootstrap })
  }

  createTopic(topic: string, partitions: number): Promise<void> {
    return this.#ask('createTopic', { topic, partitions })
  }

  deleteTopic(topic: string): Promise<void> {
    return this.#ask('deleteTopic', { topic })
  }

  topics(): Promise<string[]> {
    return this.#ask('topics')
  }

  /** Produces records `0 … count - 1` of `prefix` with acks=all; where each went. */
  produce(options: {
    topic: string
    prefix: string
    count: number
    valueBytes: number
    codec: string
    idempotent: boolean
    /** Record `i` gets this time plus `i`; without it the client's own. */
    timestampMs?: number
  }): Promise<Produced[]> {
    return this.#ask('produce', options)
  }

  /** Reads all partitions from the beginning to the end that they have now, without a group. */
  consume(topic: string): Promise<SeenRecord[]> {
    return this.#ask('consume', { topic })
  }

  /** Reads all partitions from the first record at or after a time to the end that they have now. */
  consumeFromTime(topic: string, timestampMs: number): Promise<SeenRecord[]> {
    return this.#ask('consumeFromTime', { topic, timestampMs })
  }

  /** Produces record after record, idempotently, until `producerStop`. */
  producerStart(options: { topic: string; prefix: string; valueBytes: number; perSecond: number }): Promise<void> {
    return this.#ask('producerStart', options)
  }

  /** Waits for what is on its way. The numbers of the records that were acknowledged. */
  producerStop(): Promise<{ acknowledged: number[]; failed: number[] }> {
    return this.#ask('producerStop')
  }

  memberStart(name: string, group: string, topic: string): Promise<void> {
    return this.#ask('memberStart', { name, group, topic })
  }

  memberState(name: string): Promise<MemberState> {
    return this.#ask('memberState', { name })
  }

  /** Commits, leaves the group; what the member received. */
  memberStop(name: string): Promise<Received[]> {
    return this.#ask('memberStop', { name })
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}
