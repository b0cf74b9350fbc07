/** Holds all moves together to so many bytes per second: what was copied must be paid for with time before more is. */
export class MoveThrottle {
  #owedBytes = 0
  #paidUntilMs = 0

  /** Milliseconds until more may be copied, at the rate that is allowed now. */
  delayMs(bytesPerSecondMax: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#paidUntilMs)
    this.#paidUntilMs = nowMs
    if (elapsedMs > 0) this.#owedBytes = Math.max(0, this.#owedBytes - (elapsedMs * bytesPerSecondMax) / 1000)
    return this.#owedBytes === 0 ? 0 : Math.floor((this.#owedBytes * 1000) / bytesPerSecondMax)
  }

  copied(bytes: number): void {
    this.#owedBytes += bytes
  }
}
