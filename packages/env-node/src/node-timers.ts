import type { Timer, Timers } from '@odradek/base'
import { monotonicMs } from './monotonic-ms.ts'

/** The longest delay that Node's own timer can hold; longer ones are taken in steps. */
const stepMsMax = 0x7fff_ffff

class NodeTimer implements Timer {
  readonly #deadlineMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout | undefined

  constructor(delayMs: number, callback: () => void) {
    this.#deadlineMs = monotonicMs() + delayMs
    this.#callback = callback
    this.#arm(delayMs)
  }

  #arm(delayMs: number): void {
    this.#timeout = setTimeout(this.#fire, Math.min(stepMsMax, Math.ceil(delayMs)))
  }

  readonly #fire = (): void => {
    // Node counts in whole milliseconds of its loop's clock, so it may be up to one early.
    const leftMs = this.#deadlineMs - monotonicMs()
    if (leftMs > 0) this.#arm(leftMs)
    else this.#callback()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }
}

/** Node's event loop. Timers that are armed keep the process alive. */
export class NodeTimers implements Timers {
  after(delayMs: number, callback: () => void): Timer {
    return new NodeTimer(delayMs > 0 ? delayMs : 0, callback)
  }

  endOfTurn(callback: () => void): void {
    setImmediate(callback)
  }
}
