import type { Logger } from '@odradek/base'
import type { QuotaExcess } from '../core/tree/quota-statistics.ts'

const intervalMs = 10_000

/** Tells of writes beyond a quota once in a while: whoever goes beyond a limit does it often. */
export class QuotaLog {
  readonly #log: Logger
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(log: Logger) {
    this.#log = log
  }

  tell({ subtree, what, isHard, limit, wanted }: QuotaExcess, nowMs: number): void {
    if (nowMs < this.#toldMs + intervalMs) return
    this.#toldMs = nowMs
    const limitName = `${isHard ? 'hard' : 'soft'} limit`
    this.#log.warn(`a quota ${isHard ? 'refuses a write' : 'is exceeded'}`, {
      subtree,
      what,
      [limitName]: limit,
      wanted,
    })
  }
}
