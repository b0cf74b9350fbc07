import type { Env } from '@odradek/base'
import { Broker, parseBrokerConfig } from '@odradek/broker'
import { Simulation } from '@odradek/env-sim'
import { batchesOf } from '@odradek/kafka-protocol'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { Cluster, commonKeys, parseConfig, Producer } from '../src/index.ts'
import type { ProducerConfigInput } from '../src/index.ts'

const sessionTimeoutMs = 6000

/** Our ZooKeeper server and brokers, each on a machine of its own in a simulation, for clients under test on another machine. */
export class ClientWorld {
  readonly simulation: Simulation
  readonly #brokers = new Map<number, Broker>()
  readonly #properties: Readonly<Record<string, string>>

  private constructor(seed: number | string, properties: Readonly<Record<string, string>>) {
    this.simulation = new Simulation({ seed })
    this.#properties = properties
  }

  /** A running cluster of brokers 1 to `brokerCount`. */
  static async start(
    seed: number | string,
    { brokerCount = 1, properties = {} }: { brokerCount?: number; properties?: Readonly<Record<string, string>> } = {},
  ): Promise<ClientWorld> {
    const world = new ClientWorld(seed, properties)
    const config = parseZooKeeperConfig('tickTime=2000\ndataDir=/zk\nclientPort=2181\n')
    await world.run(new ZooKeeperServer(world.simulation.machine('zookeeper').env, config).start())
    for (let id = 1; id <= brokerCount; id++) await world.startBroker(id)
    return world
  }

  /** The world as the client's machine sees it. */
  get env(): Env {
    return this.simulation.machine('client').env
  }

  /** For `bootstrap.servers`: every broker that was ever started. */
  get bootstrapServers(): string[] {
    return [...this.#brokers.keys()].map((id) => `broker-${id}:9092`)
  }

  broker(id: number): Broker {
    const broker = this.#brokers.get(id)
    if (broker === undefined) throw new Error(`broker ${id} was not started`)
    return broker
  }

  /** Starts a broker, in a new process when its machine has none. */
  async startBroker(id: number): Promise<void> {
    const machine = this.simulation.machine(`broker-${id}`)
    const env = machine.isRunning ? machine.env : machine.restart()
    const config = parseBrokerConfig({
      'broker.id': String(id),
      listeners: `PLAINTEXT://broker-${id}:9092`,
      'zookeeper.connect': 'zookeeper:2181',
      'zookeeper.session.timeout.ms': String(sessionTimeoutMs),
      'log.dirs': '/logs',
      'offsets.topic.num.partitions': '3',
      'offsets.topic.replication.factor': '1',
      ...this.#properties,
    })
    const broker = new Broker(env, config)
    this.#brokers.set(id, broker)
    await this.run(broker.start())
  }

  /** As `kill -9`. */
  killBroker(id: number): void {
    this.simulation.machine(`broker-${id}`).crashProcess()
  }

  async stopBroker(id: number): Promise<void> {
    await this.run(this.broker(id).shutdown())
    this.simulation.machine(`broker-${id}`).crashProcess()
  }

  /** Lets the world go on until the promise is settled. */
  run<Value>(promise: Promise<Value>): Promise<Value> {
    return this.simulation.runUntil(promise)
  }

  /** Lets the world go on for so long. */
  pass(durationMs: number): Promise<void> {
    return this.simulation.run(durationMs)
  }

  /** The foundation of a client, with Kafka's defaults but for `given`. */
  cluster(given: Readonly<Record<string, string>> = {}): Cluster {
    return new Cluster(this.env, parseConfig(commonKeys, { 'bootstrap.servers': this.bootstrapServers, ...given }))
  }

  /** A producer with Kafka's defaults but for `given`. */
  producer(given: ProducerConfigInput = {}): Producer {
    return new Producer(this.env, { 'bootstrap.servers': this.bootstrapServers, ...given })
  }

  /** All records of a partition, by plain fetches. */
  async read(topic: string, partition = 0): Promise<ReadRecord[]> {
    const cluster = this.cluster()
    const readAll = async (): Promise<ReadRecord[]> => {
      const records: ReadRecord[] = []
      const [metadata] = await cluster.loadTopics([topic], { timeoutMs: 60_000 })
      for (;;) {
        const leaderId = cluster.metadata.partition(topic, partition)?.leaderId ?? -1
        const link = cluster.links.get(leaderId)
        if (link === undefined) throw new Error(`${topic}-${partition} has no leader`)
        const answer = await link.send(fetchRequest, fetchResponse, (version) => ({
          maxWaitMs: 0,
          minBytes: 0,
          topics: [
            {
              ...(version >= 13 ? { topicId: metadata?.id } : { topic }),
              partitions: [{ partition, fetchOffset: BigInt(records.length), partitionMaxBytes: 1_000_000 }],
            },
          ],
        }))
        const result = answer.responses[0]?.partitions[0]
        if (result === undefined || result.errorCode !== 0) throw new Error(`cannot read: error ${result?.errorCode}`)
        const before = records.length
        for (const batch of batchesOf(result.records ?? Buffer.alloc(0))) {
          for (const { offset, key, value, timestampMs } of batch.records()) {
            if (offset >= records.length) records.push({ offset, key: text(key), value: text(value), timestampMs })
          }
        }
        if (records.length === before) return records
      }
    }
    const records = await this.run(readAll())
    cluster.close()
    return records
  }

  async createTopic(
    name: string,
    { partitions = 1, replicationFactor = 1, configs = {} }: TopicOptions = {},
  ): Promise<void> {
    const cluster = this.cluster()
    const create = async (): Promise<void> => {
      await cluster.ready({ timeoutMs: 30_000 })
      const link = cluster.links.get(cluster.metadata.controllerId) ?? cluster.links.leastLoaded()
      const answer = await link.send(createTopicsRequest, createTopicsResponse, {
        topics: [
          {
            name,
            numPartitions: partitions,
            replicationFactor,
            configs: Object.entries(configs).map(([configName, value]) => ({ name: configName, value })),
          },
        ],
        timeoutMs: 30_000,
      })
      const [topic] = answer.topics
      if (topic === undefined || topic.errorCode !== 0) throw new Error(`cannot create ${name}: ${topic?.errorMessage}`)
      await cluster.loadTopics([name], { timeoutMs: 30_000 })
    }
    await this.run(create())
    cluster.close()
  }
}

function text(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString()
}

/** A record as a reader gets it, with text. */
export interface ReadRecord {
  readonly offset: number
  readonly key: string | null
  readonly value: string | null
  readonly timestampMs: number
}

interface TopicOptions {
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}
