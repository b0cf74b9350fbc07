/** Who waits for memory and is told when there is some. */
export interface MemoryWaiter {
  resumeReading(): void
}

/**
 * The bytes that requests may hold in all. A reservation of bytes that are there already always succeeds; its answer says whether the
 * waiter should stop reading until it is told. One of bytes that are to come is made only when there is room. So those who were given
 * room can always finish, and those who were not hold nothing.
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

  /** Reserves bytes that are to come if there is room for any; otherwise nothing, and the waiter is told when there is. */
  tryReserve(sizeBytes: number, waiter: Waiter): boolean {
    if (this.usedBytes < this.#bytesMax) {
      this.usedBytes += sizeBytes
      return true
    }
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
