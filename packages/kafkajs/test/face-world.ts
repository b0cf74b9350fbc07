import { Broker, parseBrokerConfig } from '@odradek/broker'
import { Simulation } from '@odradek/env-sim'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { KafkaClient } from '../src/kafka-client.ts'
import type { ConsumerConfig, KafkaConfig } from '../src/types/config.ts'
import type { Consumer, ConsumerRunConfig } from '../src/types/consumer.ts'
import type { LogEntry } from '../src/types/logger.ts'

/** A simulated cluster, and kafkajs clients of it. */
export class FaceWorld {
  readonly simulation: Simulation
  readonly logged: LogEntry[] = []
  readonly #brokers: string[] = []

  private constructor(seed: string) {
    this.simulation = new Simulation({ seed })
  }

  static async start(seed: string, brokerCount = 1): Promise<FaceWorld> {
    const world = new FaceWorld(seed)
    const config = parseZooKeeperConfig('tickTime=2000\ndataDir=/zk\nclientPort=2181\n')
    await world.run(new ZooKeeperServer(world.simulation.machine('zookeeper').env, config).start())
    for (let id = 1; id <= brokerCount; id++) await world.#startBroker(id)
    return world
  }

  async #startBroker(id: number): Promise<void> {
    const { env } = this.simulation.machine(`broker-${id}`)
    const config = parseBrokerConfig({
      'broker.id': String(id),
      listeners: `PLAINTEXT://broker-${id}:9092`,
      'zookeeper.connect': 'zookeeper:2181',
      'log.dirs': '/logs',
      'offsets.topic.num.partitions': '3',
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.num.partitions': '3',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
    })
    await this.run(new Broker(env, config).start())
    this.#brokers.push(`broker-${id}:9092`)
  }

  get brokers(): string[] {
    return [...this.#brokers]
  }

  /** On the machine `client`, or on one of its own. */
  kafka(given: Partial<KafkaConfig> = {}, machine = 'client'): KafkaClient {
    const config: KafkaConfig = {
      clientId: 'face',
      brokers: this.brokers,
      logCreator: () => (entry) => this.logged.push(entry),
      ...given,
    }
    return new KafkaClient(config, { env: this.simulation.machine(machine).env })
  }

  run<Value>(promise: Promise<Value>): Promise<Value> {
    return this.simulation.runUntil(promise)
  }

  pass(durationMs: number): Promise<void> {
    return this.simulation.run(durationMs)
  }

  async createTopic(topic: string, numPartitions = 1): Promise<void> {
    const admin = this.kafka().admin()
    await this.run(admin.connect())
    await this.run(admin.createTopics({ topics: [{ topic, numPartitions }] }))
    await this.run(admin.disconnect())
  }

  /** Sends texts, which partition 0 gets in their order. */
  async produce(topic: string, values: readonly string[]): Promise<void> {
    const producer = this.kafka().producer()
    await this.run(producer.connect())
    for (const value of values) await this.run(producer.send({ topic, messages: [{ partition: 0, value }] }))
    await this.run(producer.disconnect())
  }

  /** A consumer of `orders` from its beginning that runs. */
  async consume(run: ConsumerRunConfig, given: Partial<ConsumerConfig> = {}, machine?: string): Promise<Consumer> {
    const consumer = this.kafka({}, machine).consumer({ groupId: 'billing', maxWaitTimeInMs: 100, ...given })
    await this.run(consumer.connect())
    await this.run(consumer.subscribe({ topics: ['orders'], fromBeginning: true }))
    await this.run(consumer.run(run))
    return consumer
  }

  async committed(): Promise<string | undefined> {
    const admin = this.kafka().admin()
    await this.run(admin.connect())
    const [found] = await this.run(admin.fetchOffsets({ groupId: 'billing', topics: ['orders'] }))
    await this.run(admin.disconnect())
    return found?.partitions[0]?.offset
  }
}
