import type { SimulatedProcess } from './simulated-process.ts'

/** Something that will happen. */
export interface SimulationEvent {
  timeMs: number
  sequence: number
  isCancelled: boolean
  readonly label: string
  /** The process in which the callback runs; none for what the world itself does. */
  readonly owner: SimulatedProcess | undefined
  readonly callback: () => void
}

/** A binary heap, ordered by time, then by who was scheduled first. */
export class EventQueue {
  readonly #heap: SimulationEvent[] = []
  #sequence = 0

  get size(): number {
    return this.#heap.length
  }

  push(timeMs: number, label: string, owner: SimulatedProcess | undefined, callback: () => void): SimulationEvent {
    const event = { timeMs, sequence: this.#sequence++, isCancelled: false, label, owner, callback }
    this.#insert(event)
    return event
  }

  /** Puts an event that was taken out back, for a later time. */
  postpone(event: SimulationEvent, timeMs: number): void {
    event.timeMs = timeMs
    event.sequence = this.#sequence++
    this.#insert(event)
  }

  *[Symbol.iterator](): IterableIterator<SimulationEvent> {
    yield* this.#heap
  }

  peek(): SimulationEvent | undefined {
    return this.#heap[0]
  }

  pop(): SimulationEvent | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && last !== first) {
      heap[0] = last
      this.#sink()
    }
    return first
  }

  #insert(event: SimulationEvent): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = heap[parent] as SimulationEvent
      if (!isBefore(event, other)) break
      heap[at] = other
      at = parent
    }
    heap[at] = event
  }

  #sink(): void {
    const heap = this.#heap
    const event = heap[0] as SimulationEvent
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right !== undefined && isBefore(right, heap[child] as SimulationEvent)) child++
      const other = heap[child] as SimulationEvent
      if (!isBefore(other, event)) break
      heap[at] = other
      at = child
    }
    heap[at] = event
  }
}

function isBefore(a: SimulationEvent, b: SimulationEvent): boolean {
  return a.timeMs < b.timeMs || (a.timeMs === b.timeMs && a.sequence < b.sequence)
}
