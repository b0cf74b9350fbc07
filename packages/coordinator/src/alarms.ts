import type { Effects } from './effects.ts'
import type { Now } from './now.ts'

/** What happens when an alarm's time has come. */
export type Ring<Rec> = (effects: Effects<Rec>, now: Now) => void

interface Entry<Rec> {
  readonly atMs: number
  readonly sequence: number
  readonly alarm: Alarm<Rec>
}

/**
 * A deadline that is moved much more often than it passes: a session that every heartbeat prolongs. Moving it later costs nothing,
 * because the queue looks at the alarm again when the earlier time has come.
 */
export class Alarm<Rec> {
  readonly #alarms: Alarms<Rec>
  readonly ring: Ring<Rec>
  /** Monotonic milliseconds; undefined when it is not set. */
  deadlineMs: number | undefined = undefined
  /** The earliest time at which the queue will look here; kept by `Alarms`. */
  queuedAtMs: number | undefined = undefined

  constructor(alarms: Alarms<Rec>, ring: Ring<Rec>) {
    this.#alarms = alarms
    this.ring = ring
  }

  set(deadlineMs: number): void {
    this.deadlineMs = deadlineMs
    if (this.queuedAtMs === undefined || this.queuedAtMs > deadlineMs) this.#alarms.enqueue(this, deadlineMs)
  }

  clear(): void {
    this.deadlineMs = undefined
  }
}

/** All alarms of one core, as a binary heap. Alarms of the same time ring in the order in which they were queued. */
export class Alarms<Rec> {
  readonly #heap: Entry<Rec>[] = []
  #sequence = 0

  alarm(ring: Ring<Rec>): Alarm<Rec> {
    return new Alarm(this, ring)
  }

  /** Called by `Alarm` only. */
  enqueue(alarm: Alarm<Rec>, atMs: number): void {
    alarm.queuedAtMs = atMs
    this.#push({ atMs, sequence: this.#sequence++, alarm })
  }

  /** The next time at which something may ring, in monotonic milliseconds. */
  next(): number | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined) return undefined
      const { alarm } = first
      if (alarm.queuedAtMs === first.atMs && alarm.deadlineMs === first.atMs) return first.atMs
      this.#pop()
      // An entry that an earlier one of the same alarm has overtaken is simply dropped.
      if (alarm.queuedAtMs === first.atMs) this.#requeue(alarm)
    }
  }

  /** Rings everything whose time has come. What is set meanwhile waits for the next poll, so that nothing can ring for ever. */
  poll(effects: Effects<Rec>, now: Now): void {
    const sequenceLimit = this.#sequence
    for (;;) {
      const atMs = this.next()
      if (atMs === undefined || atMs > now.monotonicMs) return
      const first = this.#heap[0] as Entry<Rec>
      if (first.sequence >= sequenceLimit) return
      const { alarm } = this.#pop()
      alarm.queuedAtMs = undefined
      alarm.deadlineMs = undefined
      alarm.ring(effects, now)
    }
  }

  #requeue(alarm: Alarm<Rec>): void {
    alarm.queuedAtMs = undefined
    if (alarm.deadlineMs !== undefined) this.enqueue(alarm, alarm.deadlineMs)
  }

  #push(entry: Entry<Rec>): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(entry, heap[parent] as Entry<Rec>)) break
      heap[index] = heap[parent] as Entry<Rec>
      index = parent
    }
    heap[index] = entry
  }

  #pop(): Entry<Rec> {
    const heap = this.#heap
    const first = heap[0] as Entry<Rec>
    const last = heap.pop() as Entry<Rec>
    if (heap.length === 0) return first
    let index = 0
    for (;;) {
      let child = index * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry<Rec>, heap[child] as Entry<Rec>)) child++
      if (!isBefore(heap[child] as Entry<Rec>, last)) break
      heap[index] = heap[child] as Entry<Rec>
      index = child
    }
    heap[index] = last
    return first
  }
}

function isBefore<Rec>(a: Entry<Rec>, b: Entry<Rec>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence)
}
