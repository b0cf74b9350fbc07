// A simulated world with the real server and as many clients as a test asks for.
import { Simulation } from '@odradek/env-sim'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { ZooKeeperClient } from '../src/index.ts'
import type { ClientState, ZooKeeperClientOptions } from '../src/index.ts'

export const sessionTimeoutMs = 6000

/** A world with one server and as many clients as are asked for. */
export class World {
  readonly simulation: Simulation
  #server: ZooKeeperServer | undefined
  #configLines: readonly string[] = []

  constructor(seed: number) {
    this.simulation = new Simulation({ seed })
  }

  async startServer(configLines = this.#configLines): Promise<void> {
    this.#configLines = configLines
    const { env } = this.simulation.machine('server')
    const config = parseZooKeeperConfig(
      ['tickTime=1000', 'dataDir=/data', 'clientPort=2181', 'clientPortAddress=0.0.0.0', ...configLines].join('\n'),
    )
    const onFailure = (error: unknown): void => {
      throw error
    }
    this.#server = new ZooKeeperServer(env, config, { onFailure })
    await this.simulation.runUntil(this.#server.start())
  }

  async crashAndRestart(downMs: number): Promise<void> {
    const machine = this.simulation.machine('server')
    machine.powerOff()
    await this.simulation.run(downMs)
    machine.restart()
    await this.startServer()
  }

  client(machine: string, chroot = '', options: Partial<ZooKeeperClientOptions> = {}): ZooKeeperClient {
    const { env } = this.simulation.machine(machine)
    return new ZooKeeperClient(env, { connectString: `server:2181${chroot}`, sessionTimeoutMs, ...options })
  }

  async connected(
    machine: string,
    chroot = '',
    options: Partial<ZooKeeperClientOptions> = {},
  ): Promise<ZooKeeperClient> {
    const client = this.client(machine, chroot, options)
    await this.simulation.runUntil(client.connect())
    return client
  }

  /** Cuts a machine off from the server for so long that its session is over. */
  async cutOff(machine: string): Promise<void> {
    const { network } = this.simulation
    network.partition([this.simulation.machine(machine)], [this.simulation.machine('server')])
    await this.simulation.run(2 * sessionTimeoutMs)
  }

  /** Lets the session of a client that renews it expire, and the next one begin. */
  async renew(client: ZooKeeperClient, machine: string): Promise<void> {
    await this.cutOff(machine)
    this.simulation.network.heal()
    await this.reaches(client, 'expired')
    await this.reaches(client, 'connected')
  }

  run<T>(promise: Promise<T>): Promise<T> {
    return this.simulation.runUntil(promise)
  }

  /** Lets the world go on until the client is in this state. */
  async reaches(client: ZooKeeperClient, state: ClientState, withinMs = 60_000): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = client.onState((now) => now === state && resolve())
    if (client.state === state) resolve()
    await this.simulation.runUntil(promise, withinMs)
    stop()
  }
}

export async function worldWithServer(seed: number): Promise<World> {
  const world = new World(seed)
  await world.startServer()
  return world
}
