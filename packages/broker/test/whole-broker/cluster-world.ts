import { BrokerConnection } from '@odradek/client'
import type { SimulatedMachine } from '@odradek/env-sim'
import { Simulation } from '@odradek/env-sim'
import type { Input, Message } from '@odradek/kafka-protocol'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { parseBrokerConfig } from '../../src/config/parse-broker-config.ts'
import { Broker } from '../../src/host/broker.ts'
import { controllerPath, decodeController } from '../../src/znodes/controller.ts'

export const BROKER_PORT = 9092
const SESSION_TIMEOUT_MS = 6000

/** A znode as a dump shows it. */
export interface DumpedZnode {
  readonly data: string | null
  readonly version: number
  readonly ephemeral?: boolean
}

/** A ZooKeeper server and brokers, each on a machine of its own in a simulation. */
export class ClusterWorld {
  readonly simulation: Simulation
  readonly logged: string[] = []
  readonly #brokers = new Map<number, Broker>()

  constructor(seed: number | string) {
    this.simulation = new Simulation({ seed, print: (line) => this.logged.push(line) })
  }

  static async withZooKeeper(seed: number | string): Promise<ClusterWorld> {
    const world = new ClusterWorld(seed)
    await world.startZooKeeper()
    return world
  }

  get zookeeperMachine(): SimulatedMachine {
    return this.simulation.machine('zookeeper')
  }

  async startZooKeeper(): Promise<void> {
    const config = parseZooKeeperConfig('tickTime=2000\ndataDir=/zk\nclientPort=2181\n4lw.commands.whitelist=*\n')
    await this.simulation.runUntil(new ZooKeeperServer(this.zookeeperMachine.env, config).start())
  }

  machine(brokerId: number): SimulatedMachine {
    return this.simulation.machine(`broker-${brokerId}`)
  }

  broker(brokerId: number): Broker {
    const broker = this.#brokers.get(brokerId)
    if (broker === undefined) throw new Error(`broker ${brokerId} was not started`)
    return broker
  }

  /** Starts a broker, in a new process when its machine has none. */
  async startBroker(brokerId: number, properties: Readonly<Record<string, string>> = {}): Promise<Broker> {
    const machine = this.machine(brokerId)
    const env = machine.isRunning ? machine.env : machine.restart()
    const config = parseBrokerConfig({
      'broker.id': String(brokerId),
      listeners: `PLAINTEXT://broker-${brokerId}:${BROKER_PORT}`,
      'zookeeper.connect': 'zookeeper:2181',
      'zookeeper.session.timeout.ms': String(SESSION_TIMEOUT_MS),
      'log.dirs': '/logs',
      ...properties,
    })
    const broker = new Broker(env, config)
    this.#brokers.set(brokerId, broker)
    await this.simulation.runUntil(broker.start())
    return broker
  }

  async stopBroker(brokerId: number): Promise<void> {
    await this.simulation.runUntil(this.broker(brokerId).shutdown())
  }

  /** Lets the world go on for so long. */
  async pass(durationMs: number): Promise<void> {
    await this.simulation.run(durationMs)
  }

  /** Sends one request from another machine, in the newest version unless told otherwise. */
  async ask<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    value: Input<Request>,
    { version = request.maxVersion, brokerId = 1, requestTimeoutMs = 30_000 } = {},
  ): Promise<Response> {
    const { env } = this.simulation.machine('client')
    const ask = async (): Promise<Response> => {
      const connection = await BrokerConnection.connect(env, {
        host: `broker-${brokerId}`,
        port: BROKER_PORT,
        clientId: 'test',
        requestTimeoutMs,
      })
      const answer = await connection.send(request, response, version, value)
      connection.close()
      return answer
    }
    return this.simulation.runUntil(ask())
  }

  /** Does something with ZooKeeper from another machine. */
  async zookeeper<Value>(work: (client: ZooKeeperClient) => Promise<Value>): Promise<Value> {
    const { env } = this.simulation.machine('client')
    const run = async (): Promise<Value> => {
      const client = new ZooKeeperClient(env, { connectString: 'zookeeper:2181', sessionTimeoutMs: SESSION_TIMEOUT_MS })
      await client.connect()
      try {
        return await work(client)
      } finally {
        await client.close()
      }
    }
    return this.simulation.runUntil(run())
  }

  /** The broker that is the controller, by ZooKeeper. */
  controllerId(): Promise<number> {
    return this.zookeeper(async (client) => decodeController((await client.getData(controllerPath)).data))
  }

  /** The whole tree but ZooKeeper's own. */
  dump(): Promise<Map<string, DumpedZnode>> {
    return this.zookeeper(async (client) => {
      const tree = new Map<string, DumpedZnode>()
      const visit = async (path: string): Promise<void> => {
        const [{ data, stat }, { children }] = await Promise.all([client.getData(path), client.getChildren(path)])
        tree.set(path, {
          data: data?.toString() ?? null,
          version: stat.version,
          ...(stat.ephemeralOwner === 0n ? {} : { ephemeral: true }),
        })
        const names = children.filter((name) => path !== '/' || name !== 'zookeeper')
        await Promise.all(names.map((name) => visit(path === '/' ? `/${name}` : `${path}/${name}`)))
      }
      await visit('/')
      return tree
    })
  }
}
