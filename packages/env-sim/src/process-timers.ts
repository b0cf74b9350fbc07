import type { Timer, Timers } from '@odradek/base'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedProcess } from './simulated-process.ts'

/** How long after its start a turn may still take input in. */
const turnMsMax = 0.2

export class ProcessTimers implements Timers {
  readonly #process: SimulatedProcess
  readonly #random: SeededRandom
  #atEndOfTurn: (() => void)[] = []

  constructor(process: SimulatedProcess) {
    this.#process = process
    this.#random = process.machine.random.fork('turns')
  }

  after(delayMs: number, callback: () => void): Timer {
    const event = this.#process.schedule(delayMs > 0 ? delayMs : 0, 'timer', callback)
    return { cancel: () => (event.isCancelled = true) }
  }

  /** The turn ends at once or a little later, so that at times more input arrives in it. */
  endOfTurn(callback: () => void): void {
    this.#atEndOfTurn.push(callback)
    if (this.#atEndOfTurn.length > 1) return
    const delayMs = this.#random.chance(0.5) ? 0 : this.#random.between(0, turnMsMax)
    this.#process.schedule(delayMs, 'end of turn', this.#endTurn)
  }

  readonly #endTurn = (): void => {
    const callbacks = this.#atEndOfTurn
    this.#atEndOfTurn = []
    for (const callback of callbacks) callback()
  }
}
