import type { Env } from '@odradek/base'
import type { SimulatedMachine } from '@odradek/env-sim'
import type { World } from './world.ts'

const restartMsMin = 20
const restartMsMax = 1_500
/** A server that was told to stop has so long for it. */
const stopMsMax = 120_000

/** A server that serves. */
export interface RunningServer {
  stop(): Promise<void>
}

/** A server program on its machine that is started again after every crash, as an init system would. */
export class Service {
  readonly machine: SimulatedMachine
  readonly #world: World
  readonly #boot: (env: Env) => Promise<RunningServer>
  /** The server that serves in the machine's process. */
  #running: { readonly env: Env; readonly server: RunningServer } | undefined

  constructor(world: World, machine: SimulatedMachine, boot: (env: Env) => Promise<RunningServer>) {
    this.#world = world
    this.machine = machine
    this.#boot = boot
    machine.onStop = () => {
      this.#running = undefined
      world.count('process ends')
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
    const check = this.#boot(env).then(
      (server) => {
        if (this.#isCurrent(env)) this.#running = { env, server }
      },
      (error: unknown) => {
        // One that was killed while it started is started again anyway.
        if (!this.#isCurrent(env)) return
        // So may one whose disk did not let it write; it tries again.
        if (/no space left|input\/output error/.test(String(error))) return this.exit(env, error)
        this.#world.violate('a server starts after every crash', `${machine.name}: ${String(error)}`)
      },
    )
    void this.#world.spawn(check)
  }

  /** Tells the server to stop in good order, if it serves; its process ends then. */
  stop(): void {
    if (this.#running === undefined) return
    const { env, server } = this.#running
    this.#running = undefined
    void this.#world.spawn(
      server.stop().then(() => {
        if (this.#isCurrent(env)) this.machine.crashProcess()
      }),
    )
    this.#world.simulation.schedule(stopMsMax, `${this.machine.name} should have stopped`, () => {
      if (this.#isCurrent(env)) this.#world.violate('a server stops when it is told', this.machine.name)
    })
  }

  /** For a server that cannot go on: its process ends. */
  exit(env: Env, error: unknown): void {
    if (!this.#isCurrent(env)) return
    this.#world.record(`${this.machine.name} gives up: ${String(error)}`)
    this.#world.count('exits')
    this.machine.crashProcess()
  }

  #isCurrent(env: Env): boolean {
    return this.machine.isRunning && this.machine.env === env
  }
}
