import type { Env } from '@odradek/base'
import type { SimulatedMachine } from '@odradek/env-sim'
import type { World } from './world.ts'

const restartMsMin = 20
const restartMsMax = 1_500

/** A server program on its machine that is started again after every crash, as an init system would. */
export class Service {
  readonly machine: SimulatedMachine
  readonly #world: World
  readonly #boot: (env: Env) => Promise<void>

  /** `boot` resolves once the server serves. */
  constructor(world: World, machine: SimulatedMachine, boot: (env: Env) => Promise<void>) {
    this.#world = world
    this.machine = machine
    this.#boot = boot
    machine.onStop = () => {
      world.count('crashes')
      const delayMs = world.random.between(restartMsMin, restartMsMax)
      world.simulation.schedule(delayMs, `${machine.name} is to be started`, () => {
        if (!machine.isRunning) machine.restart()
        this.start()
      })
    }
  }

  /** Starts the server in the machine's process. */
  start(): void {
    const { machine } = this
    const { env } = machine
    const check = this.#boot(env).catch((error: unknown) => {
      // One that was killed while it started is started again anyway.
      if (!machine.isRunning || machine.env !== env) return
      // So may one that has no room; it tries again.
      if (machine.disk.capacityBytes < Number.POSITIVE_INFINITY) return this.exit(env, error)
      this.#world.violate('a server starts after every crash', `${machine.name}: ${String(error)}`)
    })
    void this.#world.spawn(check)
  }

  /** For a server that cannot go on: its process ends. */
  exit(env: Env, error: unknown): void {
    if (!this.machine.isRunning || this.machine.env !== env) return
    this.#world.record(`${this.machine.name} gives up: ${String(error)}`)
    this.#world.count('exits')
    this.machine.crashProcess()
  }
}
