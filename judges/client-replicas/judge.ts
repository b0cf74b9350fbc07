// Our consumer with two brokers of Apache Kafka 3.9.1: it reads from the replica of its rack (KIP-392), goes back where a log was cut off by an unclean election
// (KIP-320), and sees of transactions what is committed, when it is.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { createAdmin, createConsumer, createProducer } from '@odradek/client/node'
import { startApacheKafka } from '../lib/apache.ts'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startOdradekZooKeeper } from '../lib/odradek.ts'
import { pause, pollUntil } from '../lib/poll-until.ts'

type Consumer = ReturnType<typeof createConsumer>

export async function judge({ report }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('judge-replicas')
  const [zookeeperPort = 0, ...ports] = await freePorts(3)
  const server = await startOdradekZooKeeper(path.join(folder, 'zookeeper'), zookeeperPort)
  const cluster = new TwoBrokers(folder, zookeeperPort, ports)
  try {
    await Promise.all([cluster.start(1), cluster.start(2)])
    await report.check('read_committed: what is aborted is not seen, what is open holds the rest up', () =>
      readCommitted(cluster),
    )
    await report.check('a consumer reads from the replica of its rack, and from the leader when that dies', () =>
      nearestReplica(cluster),
    )
    await report.check('after an unclean election the consumer goes back to where the log was cut off', () =>
      truncation(cluster),
    )
  } finally {
    cluster.admin.close()
    await cluster.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

class TwoBrokers {
  readonly admin: ReturnType<typeof createAdmin>
  readonly bootstrap: string
  readonly #folder: string
  readonly #zookeeperPort: number
  readonly #ports: readonly number[]
  readonly #brokers = new Map<number, Daemon>()

  constructor(folder: string, zookeeperPort: number, ports: readonly number[]) {
    this.#folder = folder
    this.#zookeeperPort = zookeeperPort
    this.#ports = ports
    this.bootstrap = ports.map((port) => `127.0.0.1:${port}`).join(',')
    this.admin = createAdmin({ 'bootstrap.servers': this.bootstrap })
  }

  addressOf(id: number): string {
    return `127.0.0.1:${this.#ports[id - 1]}`
  }

  async start(id: number): Promise<void> {
    const broker = await startApacheKafka({
      folder: path.join(this.#folder, `kafka-${id}`),
      port: this.#ports[id - 1] ?? 0,
      zookeeper: `127.0.0.1:${this.#zookeeperPort}`,
      logDir: path.join(this.#folder, `logs-${id}`),
      properties: {
        'broker.id': String(id),
        'broker.rack': `rack-${id}`,
        'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
        'replica.lag.time.max.ms': '2000',
        'offsets.topic.replication.factor': '2',
        'transaction.state.log.replication.factor': '2',
      },
      machineOptions: ['-Xmx384m', '-XX:+UseSerialGC'],
    })
    this.#brokers.set(id, broker)
  }

  async kill(id: number): Promise<void> {
    const broker = this.#brokers.get(id)
    this.#brokers.delete(id)
    await broker?.crash()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#brokers.values()].map((broker) => broker.crash()))
  }

  /** One partition on both brokers, of which the first is the leader. */
  async createTopic(name: string, leaderId: number, configs: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.admin.createTopics([{ name, replicasAssignments: [[leaderId, 3 - leaderId]], configs }])
    await this.untilInSync(name, 2)
  }

  untilInSync(topic: string, count: number): Promise<boolean> {
    return pollUntil(`${count} replicas of ${topic} are in sync`, 60_000, async () => {
      const partition = (await this.admin.describeTopics([topic])).get(topic)?.partitions[0]
      return (partition?.inSyncReplicaIds.length === count && partition.leaderId !== undefined) || undefined
    })
  }
}

/** What the consumer has read of the one partition of the topic. */
function readAll(consumer: Consumer, topic: string): string[] {
  const values: string[] = []
  consumer.assign([{ topic, partition: 0 }])
  const reading = async (): Promise<void> => {
    for await (const { value } of consumer) values.push(String(value))
  }
  reading().catch((error: unknown) => values.push(`failed: ${String(error)}`))
  return values
}

const untilRead = (values: readonly string[], wanted: readonly string[]): Promise<boolean> =>
  pollUntil(`${wanted.join(', ')} are read`, 60_000, () => {
    if (values.join(' ') === wanted.join(' ')) return true
    throw new Error(`read: ${values.join(' ')}`)
  })

const consumerConfig = { 'auto.offset.reset': 'earliest', 'request.timeout.ms': 5000 } as const

async function readCommitted(cluster: TwoBrokers): Promise<void> {
  const topic = 'committed'
  await cluster.createTopic(topic, 1)
  const config = { 'bootstrap.servers': cluster.bootstrap }
  const [first, second] = ['first', 'second'].map((id) => createProducer({ ...config, 'transactional.id': id }))
  const consumer = createConsumer({ ...config, ...consumerConfig, 'isolation.level': 'read_committed' })
  const values = readAll(consumer, topic)
  await first?.initTransactions()
  await second?.initTransactions()
  first?.beginTransaction()
  await first?.send({ topic, value: 'open' })
  await second?.transaction((transaction) => transaction.send({ topic, value: 'behind' }))
  await pause(2000)
  assert.deepEqual(values, [])
  await first?.commitTransaction()
  await untilRead(values, ['open', 'behind'])
  first?.beginTransaction()
  await first?.send({ topic, value: 'aborted' })
  await first?.abortTransaction()
  await second?.transaction((transaction) => transaction.send({ topic, value: 'end' }))
  await untilRead(values, ['open', 'behind', 'end'])
  await first?.close()
  await second?.close()
  await consumer.close()
}

async function nearestReplica(cluster: TwoBrokers): Promise<void> {
  const topic = 'near'
  await cluster.createTopic(topic, 1)
  const producer = createProducer({ 'bootstrap.servers': cluster.bootstrap })
  const fetchedFrom = new Map<string, number>()
  const consumer = createConsumer({
    'bootstrap.servers': cluster.bootstrap,
    ...consumerConfig,
    'client.rack': 'rack-2',
    'request.log': ({ kind, name, broker, body }) => {
      const hasRecords = kind === 'answered' && name.startsWith('Fetch') && /"records":"<[1-9]/.test(body)
      if (hasRecords) fetchedFrom.set(broker, (fetchedFrom.get(broker) ?? 0) + 1)
    },
  })
  const values = readAll(consumer, topic)
  const wanted: string[] = []
  const write = async (value: string): Promise<void> => {
    wanted.push(value)
    await producer.send({ topic, partition: 0, value })
  }
  await write('first')
  await untilRead(values, wanted)
  fetchedFrom.clear()
  for (let number = 0; number < 5; number++) await write(`near-${number}`)
  await untilRead(values, wanted)
  assert.deepEqual([...fetchedFrom.keys()], [cluster.addressOf(2)])
  await cluster.kill(2)
  await cluster.untilInSync(topic, 1)
  await write('far')
  await untilRead(values, wanted)
  assert.ok(fetchedFrom.has(cluster.addressOf(1)))
  await cluster.start(2)
  await cluster.untilInSync(topic, 2)
  await consumer.close()
  await producer.close()
}

async function truncation(cluster: TwoBrokers): Promise<void> {
  const topic = 'cut'
  await cluster.createTopic(topic, 1, { 'unclean.leader.election.enable': 'true' })
  const producer = createProducer({ 'bootstrap.servers': cluster.bootstrap })
  const consumer = createConsumer({ 'bootstrap.servers': cluster.bootstrap, ...consumerConfig })
  const values = readAll(consumer, topic)
  const write = async (...given: readonly string[]): Promise<void> => {
    await producer.sendBatch(given.map((value) => ({ topic, partition: 0, value })))
  }
  await write('a', 'b')
  await untilRead(values, ['a', 'b'])
  await cluster.kill(2)
  await cluster.untilInSync(topic, 1)
  await write('lost-1', 'lost-2', 'lost-3')
  await untilRead(values, ['a', 'b', 'lost-1', 'lost-2', 'lost-3'])
  await cluster.kill(1)
  await cluster.start(2)
  await write('new-1')
  await untilRead(values, ['a', 'b', 'lost-1', 'lost-2', 'lost-3', 'new-1'])
  assert.equal(consumer.health().partitions[0]?.highWatermark, 3)
  await producer.close()
  await consumer.close()
}
