import type { SeededRandom, SimulatedMachine, Simulation } from '@odradek/env-sim'
import { InvariantViolation } from './invariant-violation.ts'
import type { PlantedFaults } from './planted-faults.ts'

/** What a scenario plays in: the simulation, and the place where broken invariants are reported. */
export class World {
  readonly simulation: Simulation
  readonly random: SeededRandom
  /** Defects that the servers are told to have, to see that they are found. */
  readonly faults: PlantedFaults
  /** Rejects with the first violation, or what else ends a part of the story badly. */
  readonly violated: Promise<never>
  /** How often what happened, for the report. */
  readonly counts = new Map<string, number>()
  readonly #reject: (error: unknown) => void

  constructor(simulation: Simulation, faults: PlantedFaults) {
    this.simulation = simulation
    this.random = simulation.random.fork('scenario')
    this.faults = faults
    const { promise, reject } = Promise.withResolvers<never>()
    this.violated = promise
    this.#reject = reject
  }

  get now(): number {
    return this.simulation.now
  }

  /** A machine with a directory for data that outlives any crash. */
  machine(name: string): SimulatedMachine {
    const machine = this.simulation.machine(name)
    const { disk } = machine.env
    disk.makeDirectorySync('/data')
    disk.syncDirectorySync('/')
    return machine
  }

  /** Has a part of the story go on beside the others. Should it end badly, so does the scenario. */
  spawn(part: Promise<unknown>): Promise<void> {
    return part.then(
      () => undefined,
      (error: unknown) => {
        this.#reject(error)
        return new Promise<never>(() => {})
      },
    )
  }

  sleep(durationMs: number): Promise<void> {
    return this.simulation.sleep(durationMs)
  }

  record(text: string): void {
    this.simulation.record(text)
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  /** Ends the scenario: the invariant of this name does not hold. */
  violate(invariant: string, what: string): never {
    this.record(`violated: ${invariant}: ${what}`)
    const violation = new InvariantViolation(invariant, what)
    this.#reject(violation)
    throw violation
  }
}
