/** Who waits for memory and is told when there is some. */
export interface MemoryWaiter {
  resumeReading(): void
}

/**
 * The bytes that requests may hold in all. A reservation always succeeds, since its bytes are there already;
 * its answer says whether the waiter should stop reading until it is told.
 */
export class MemoryBudget<Waiter extends MemoryWaiter> {
  usedBytes = 0
  readonly #bytesMax: number
  readonly #waiters = new Set<Waiter>()

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  reserve(sizeBytes: number, waiter: Waiter): boolean {
    this.usedBytes += sizeBytes
    if (this.usedBytes < this.#bytesMax) return true
    this.#waiters.add(waiter)
    return false
  }

  release(sizeBytes: number): void {
    this.usedBytes -= sizeBytes
    if (this.#waiters.size === 0 || this.usedBytes >= this.#bytesMax) return
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.resumeReading()
  }

  forget(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }
}
