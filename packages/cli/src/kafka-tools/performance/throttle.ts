import type { Env } from '@odradek/base'
import { pause } from '../pause.ts'

/** Holds a loop to so many rounds a second. */
export class Throttle {
  readonly #env: Env
  readonly #perSecond: number
  readonly #startMs: number

  /** 0 or below: as fast as it goes. */
  constructor(env: Env, perSecond: number) {
    this.#env = env
    this.#perSecond = perSecond
    this.#startMs = env.clock.monotonicMs()
  }

  /** Undefined when the next round may begin at once. */
  wait(rounds: number): Promise<void> | undefined {
    if (this.#perSecond <= 0) return undefined
    const aheadMs = (rounds * 1000) / this.#perSecond - (this.#env.clock.monotonicMs() - this.#startMs)
    return aheadMs < 1 ? undefined : pause(this.#env, aheadMs)
  }
}
