import type { Random } from '@odradek/base'

const jitter = 0.2
/** From here on doubling changes nothing that a person would wait for. */
const exponentMax = 31

/** Pauses that double with every failure, up to a maximum, each up to a fifth longer or shorter by chance (KIP-580). */
export class Backoff {
  readonly #random: Random
  readonly #initialMs: number
  readonly #maxMs: number

  constructor(random: Random, initialMs: number, maxMs: number) {
    this.#random = random
    this.#initialMs = initialMs
    this.#maxMs = Math.max(initialMs, maxMs)
  }

  /** After the `failures`-th failure in a row, counted from 1. */
  delayMs(failures: number): number {
    const exact = this.#initialMs * 2 ** Math.min(Math.max(0, failures - 1), exponentMax)
    return Math.min(this.#maxMs, exact * (1 - jitter + 2 * jitter * this.#random.float()))
  }
}
