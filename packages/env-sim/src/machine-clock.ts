import type { Clock } from '@odradek/base'
import type { Simulation } from './simulation.ts'

/** Wall time at the start of every simulation: 2026-01-01 00:00 UTC. */
const epochMs = 1_767_225_600_000

/** A machine's clocks: the wall clock is off by some amount and may jump, the monotonic one is the simulation's. */
export class MachineClock implements Clock {
  readonly #simulation: Simulation
  #offsetMs: number

  constructor(simulation: Simulation, offsetMs: number) {
    this.#simulation = simulation
    this.#offsetMs = offsetMs
  }

  wallMs(): number {
    return Math.floor(epochMs + this.#offsetMs + this.#simulation.now)
  }

  monotonicMs(): number {
    return this.#simulation.now
  }

  /** What a process does takes no time here. */
  idleMs(): number {
    return this.monotonicMs()
  }

  /** Sets the wall clock forwards, or back. */
  jump(byMs: number): void {
    this.#offsetMs += byMs
  }
}
