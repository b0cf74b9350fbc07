const recentMax = 200

/**
 * What happened, as a running hash and the last few lines. Two runs of one seed must end with the same hash; where they do
 * not, something in the code under simulation draws on time, chance or order from outside.
 */
export class Trace {
  #low = 0x811c9dc5
  #high = 0x01000193
  readonly #recent: string[] = []
  /** Lines so far. */
  length = 0

  add(timeMs: number, text: string): void {
    const line = `${timeMs.toFixed(3)} ${text}`
    let low = this.#low
    let high = this.#high
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index)
      low = Math.imul(low ^ code, 0x01000193)
      high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 15)
    }
    this.#low = low
    this.#high = high
    this.#recent[this.length % recentMax] = line
    this.length++
  }

  /** 16 hexadecimal digits over all lines so far. */
  get hash(): string {
    const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }

  /** The last `count` lines, oldest first. */
  recent(count = recentMax): string[] {
    const start = Math.max(0, this.length - Math.min(count, recentMax))
    const lines: string[] = []
    for (let index = start; index < this.length; index++) lines.push(this.#recent[index % recentMax] as string)
    return lines
  }
}
