import type { Simulation } from '@odradek/env-sim'
import type { SimulatedMachine } from '@odradek/env-sim'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'

/** A configuration for tests; later lines win. */
export function configText(lines: readonly string[] = []): string {
  return [
    'tickTime=2000',
    'dataDir=data',
    'clientPort=2181',
    'preAllocSize=16',
    '4lw.commands.whitelist=*',
    'maxClientCnxns=0',
    ...lines,
  ].join('\n')
}

/** A machine of a simulation with a ZooKeeper server on it. */
export class SimulatedServer {
  readonly simulation: Simulation
  readonly machine: SimulatedMachine
  readonly #lines: readonly string[]
  server: ZooKeeperServer | undefined
  /** What `onFailure` was told. */
  failure: unknown

  constructor(simulation: Simulation, lines: readonly string[] = []) {
    this.simulation = simulation
    this.machine = simulation.machine('server')
    this.#lines = lines
  }

  /** Starts it, on a new process if the one before has died. */
  async start(): Promise<void> {
    const env = this.machine.isRunning ? this.machine.env : this.machine.restart()
    const config = parseZooKeeperConfig(configText(this.#lines))
    this.server = new ZooKeeperServer(env, config, { onFailure: (error) => (this.failure = error) })
    await this.simulation.runUntil(this.server.start())
  }

  async close(): Promise<void> {
    if (this.server !== undefined) await this.simulation.runUntil(this.server.close())
  }
}
