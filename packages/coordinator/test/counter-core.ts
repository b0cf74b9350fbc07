import type { CoordinatorCore, RecordPosition } from '../src/coordinator-core.ts'
import type { Effects, ReplyTo } from '../src/effects.ts'
import type { Now } from '../src/now.ts'
import type { RecordCodec } from '../src/record-codec.ts'

/** One counter is now at `value`. */
export interface CounterRecord {
  readonly name: string
  readonly value: number
}

export const counterCodec: RecordCodec<CounterRecord> = {
  encode({ name, value }) {
    if (name === 'unencodable') throw new Error('there is no room for it')
    return { key: Buffer.from(name), value: Buffer.from(String(value)) }
  },
  decode: (key, value) =>
    key === null || key.toString() === 'unknown'
      ? undefined
      : { name: key.toString(), value: Number(value?.toString()) },
}

/** A small coordinator: counters, some of which count up by themselves every second. */
export class CounterCore implements CoordinatorCore<CounterRecord> {
  readonly counters = new Map<string, number>()
  readonly pendingTransactions = new Map<number, CounterRecord[]>()
  committedOffset = -1
  isLoaded = false
  #nextTickMs: number | undefined = undefined

  add(name: string, amount: number): { records: CounterRecord[]; response: number } {
    const value = (this.counters.get(name) ?? 0) + amount
    return { records: [{ name, value }], response: value }
  }

  /** Answers when the counter has reached `value`. */
  readonly waiting: { name: string; value: number; to: ReplyTo<string> }[] = []

  wait(name: string, value: number, to: ReplyTo<string>): void {
    this.waiting.push({ name, value, to })
  }

  tickFrom(now: Now): void {
    this.#nextTickMs = now.monotonicMs + 1000
  }

  replay({ name, value }: CounterRecord, { transactionOf }: RecordPosition): void {
    if (transactionOf === undefined) this.counters.set(name, value)
    else
      this.pendingTransactions.set(transactionOf, [
        ...(this.pendingTransactions.get(transactionOf) ?? []),
        { name, value },
      ])
  }

  replayEndTransaction(producerId: number, committed: boolean): void {
    for (const { name, value } of this.pendingTransactions.get(producerId) ?? []) {
      if (committed) this.counters.set(name, value)
    }
    this.pendingTransactions.delete(producerId)
  }

  committedUpTo(offset: number): void {
    this.committedOffset = offset
  }

  loaded(): void {
    this.isLoaded = true
  }

  nextDeadline(): number | undefined {
    return this.#nextTickMs
  }

  poll(effects: Effects<CounterRecord>, now: Now): void {
    if (this.#nextTickMs === undefined || this.#nextTickMs > now.monotonicMs) return
    this.#nextTickMs = now.monotonicMs + 1000
    const { records } = this.add('ticks', 1)
    effects.write({
      records,
      settled: (_error, after) => {
        const reached = this.waiting.filter(({ name, value }) => (this.counters.get(name) ?? 0) >= value)
        for (const { to } of reached) after.reply(to, 'reached')
        this.waiting.splice(0, Infinity, ...this.waiting.filter((waiter) => !reached.includes(waiter)))
      },
    })
  }
}
