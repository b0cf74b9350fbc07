import type { Env, Timer } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { Accumulator } from './accumulate/accumulator.ts'
import type { PendingRecord } from './pending-record.ts'
import type { ProducerConfig } from './producer-keys.ts'

/** Records that wait for memory, in their order, each for at most `max.block.ms`. While any waits nothing lingers. What waits is itself bounded by `buffer.memory`. */
export class BlockedRecords {
  readonly #env: Env
  readonly #config: ProducerConfig
  readonly #accumulator: Accumulator
  readonly #sender: { wake(): void }
  readonly #append: (record: PendingRecord) => void
  #records: PendingRecord[] = []
  #timer: Timer | undefined
  #drainedWaiters: (() => void)[] = []
  /** Of all records that wait: these, and those that wait for metadata. */
  waitingBytes = 0

  constructor(
    env: Env,
    config: ProducerConfig,
    accumulator: Accumulator,
    sender: { wake(): void },
    append: (record: PendingRecord) => void,
  ) {
    this.#env = env
    this.#config = config
    this.#accumulator = accumulator
    this.#sender = sender
    this.#append = append
  }

  get isEmpty(): boolean {
    return this.#records.length === 0
  }

  /** Throws `ClientError` BUFFER_FULL when as much waits already as the memory holds. */
  ensureRoom({ sizeBytesMax }: PendingRecord): void {
    const bufferBytes = this.#config['buffer.memory']
    if (this.waitingBytes === 0 || this.waitingBytes + sizeBytesMax <= bufferBytes) return
    const advice = 'wait for the promise that send returns, or for drained() after it has returned false'
    throw new ClientError('BUFFER_FULL', `more records wait than buffer.memory (${bufferBytes} bytes) holds: ${advice}`)
  }

  push(record: PendingRecord): void {
    if (this.isEmpty) this.#accumulator.hurried++
    this.#records.push(record)
    this.waitingBytes += record.sizeBytesMax
    this.#armTimer()
    this.#sender.wake()
  }

  /** Takes in what there is memory for now. */
  drain(): void {
    if (this.isEmpty) return
    let taken = 0
    for (const record of this.#records) {
      if (!this.#accumulator.hasRoom(record.sizeBytesMax)) break
      taken++
      this.#append(record)
    }
    this.#drop(taken)
    if (taken > 0) this.#sender.wake()
  }

  /** Takes the first ones out of the books. */
  #drop(count: number): void {
    if (count === 0) return
    for (const { sizeBytesMax } of this.#records.splice(0, count)) this.waitingBytes -= sizeBytesMax
    if (this.isEmpty) {
      this.#accumulator.hurried--
      this.#timer?.cancel()
      this.#timer = undefined
    }
    this.tellDrained()
  }

  /** Tells who waits for `drained`, when nothing waits any more. */
  tellDrained(): void {
    if (this.waitingBytes === 0) for (const resolve of this.#drainedWaiters.splice(0)) resolve()
  }

  #armTimer(): void {
    const [first] = this.#records
    if (first === undefined || this.#timer !== undefined) return
    this.#timer = this.#env.timers.after(
      Math.max(1, Math.ceil(first.deadlineMs - this.#env.clock.monotonicMs())),
      () => {
        this.#timer = undefined
        this.#expire()
        this.#armTimer()
      },
    )
  }

  #expire(): void {
    const nowMs = this.#env.clock.monotonicMs()
    const late = this.#records.findIndex(({ deadlineMs }) => deadlineMs > nowMs)
    const expired = this.#records.slice(0, late < 0 ? this.#records.length : late)
    this.#drop(expired.length)
    const why = `buffer.memory (${this.#config['buffer.memory']} bytes) stayed full for max.block.ms (${this.#config['max.block.ms']})`
    for (const { sink, slot } of expired) sink.refused(slot, new ClientError('BUFFER_FULL', why))
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.waitingBytes === 0) resolve()
      else this.#drainedWaiters.push(resolve)
    })
  }

  /** Refuses all that waits for memory. */
  refuseAll(error: Error): void {
    const refused = [...this.#records]
    this.#drop(refused.length)
    for (const { sink, slot } of refused) sink.refused(slot, error)
  }

  close(): void {
    this.#timer?.cancel()
    for (const resolve of this.#drainedWaiters.splice(0)) resolve()
  }
}
