import type { Timer } from '@odradek/base'
import type { FetchWaiter, Partition } from './partition.ts'

/**
 * A fetch that found too little and waits on its partitions until one of them moves, or until its time is over.
 * It is woken, never polls: a move marks it, and the replica manager reads for all marked ones at the end of the turn.
 */
export class ParkedFetch implements FetchWaiter {
  readonly readsToLogEnd: boolean
  readonly #partitions: readonly Partition[]
  readonly #schedule: (fetch: ParkedFetch) => void
  readonly #complete: (isLast: boolean) => boolean
  #timer: Timer | undefined
  #isScheduled = false
  #isOver = false

  /**
   * `complete(isLast)` reads again and answers; it returns false when there is still too little, which it may not when `isLast`.
   * `schedule` has `run` called at the end of the turn.
   */
  constructor(
    partitions: readonly Partition[],
    readsToLogEnd: boolean,
    schedule: (fetch: ParkedFetch) => void,
    complete: (isLast: boolean) => boolean,
  ) {
    this.#partitions = partitions
    this.readsToLogEnd = readsToLogEnd
    this.#schedule = schedule
    this.#complete = complete
  }

  /** Begins to wait. `startTimer` calls its argument when the time is over. */
  park(startTimer: (callback: () => void) => Timer): void {
    for (const partition of this.#partitions) partition.fetchWaiters.add(this)
    this.#timer = startTimer(() => this.#run(true))
  }

  wake(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#schedule(this)
  }

  /** What was woken reads now. */
  run(): void {
    this.#isScheduled = false
    this.#run(false)
  }

  /** It was answered, or nobody wants the answer any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Nobody wants the answer any more. */
  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer?.cancel()
    for (const partition of this.#partitions) partition.fetchWaiters.delete(this)
  }

  #run(isLast: boolean): void {
    if (this.#isOver) return
    if (this.#complete(isLast)) this.cancel()
  }
}
