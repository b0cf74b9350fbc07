import { BufferPool } from '@odradek/base'
import type { Env } from '@odradek/base'
import { Broker, parseBrokerConfig } from '@odradek/broker'
import { ErrorCode } from '@odradek/kafka-protocol'
import { createTopicsRequest, createTopicsResponse } from '@odradek/kafka-protocol/messages/19-create-topics'
import { CommittedOffsets } from '../invariants/committed-offsets.ts'
import { PartitionHistory } from '../invariants/partition-history.ts'
import { SettingHistory } from '../invariants/setting-history.ts'
import { TopicRegistry } from '../invariants/topic-registry.ts'
import { Nemesis } from '../nemesis.ts'
import type { NemesisOptions } from '../nemesis.ts'
import type { Scenario } from '../scenario.ts'
import { Service } from '../service.ts'
import { BrokerLink } from '../workloads/broker-link.ts'
import { GroupMember } from '../workloads/group-member.ts'
import { ProducerWorkload } from '../workloads/producer-workload.ts'
import { ReaderWorkload } from '../workloads/reader-workload.ts'
import { SettingsAdmin } from '../workloads/settings-admin.ts'
import { TopicAdmin } from '../workloads/topic-admin.ts'
import type { World } from '../world.ts'
import { zookeeperService } from './zookeeper.ts'

const address = { host: 'broker', port: 9092 }
const topic = 'records'
const partitionCount = 2
const fastSyncMs = 1
/** So that a power failure finds something that is being synced. */
const slowSyncMs = 10
const troubleMs = 15_000

/** What is written and not synced outlives the process, so nothing acknowledged may be lost with Kafka's defaults. */
export const brokerScenario: Scenario = {
  name: 'broker',
  about: 'a broker and a ZooKeeper server that are killed and cut off, with producers, readers and a group',
  withinMs: 900_000,
  run: (world) =>
    play(world, {}, fastSyncMs, {
      troubles: [
        'kill',
        'kill',
        'kill-while-writing',
        'partition',
        'reset',
        'pause',
        'slow-disk',
        'full-disk',
        'broken-write',
        'clock-jump',
      ],
      calmMsMean: 2_500,
    }),
}

/** Without a sync before the answer Kafka promises nothing over a power failure; with `flush.messages=1` it does. */
export const brokerPowerScenario: Scenario = {
  name: 'broker-power',
  about: 'a broker with flush.messages=1 whose power fails again and again, with producers, readers and a group',
  withinMs: 900_000,
  run: (world) =>
    play(world, { 'log.flush.interval.messages': '1' }, slowSyncMs, {
      troubles: [
        'power',
        'power-while-writing',
        'power-while-writing',
        'power-while-writing',
        'kill-while-writing',
        'stop',
        'reset',
      ],
      calmMsMean: 500,
    }),
}

async function play(
  world: World,
  properties: Record<string, string>,
  syncMs: number,
  nemesis: NemesisOptions,
): Promise<void> {
  const zookeeper = zookeeperService(world)
  zookeeper.start()
  const broker = brokerService(world, properties)
  broker.machine.disk.syncMsMean = syncMs
  broker.start()
  const histories = Array.from(
    { length: partitionCount },
    (_, index) => new PartitionHistory(world, `${topic}-${index}`),
  )
  const committed = new CommittedOffsets(world, 'the group')
  const clients = ['client-0', 'client-1', 'client-2'].map((name) => world.machine(name))
  const [first, second, third] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]]
  await createTopic(world)

  const producers = [
    new ProducerWorkload(world, first, { name: 'once', broker: address, topic, histories, isIdempotent: false }),
    new ProducerWorkload(world, second, { name: 'exact-a', broker: address, topic, histories, isIdempotent: true }),
    new ProducerWorkload(world, third, { name: 'exact-b', broker: address, topic, histories, isIdempotent: true }),
  ]
  const reader = new ReaderWorkload(world, first, {
    name: 'reader',
    broker: address,
    topic,
    histories,
    usesSession: true,
  })
  const members = [second, third].map(
    (machine, index) =>
      new GroupMember(world, machine, {
        name: `member-${index}`,
        broker: address,
        group: 'group',
        topic,
        partitionCount,
        committed,
      }),
  )
  const registry = new TopicRegistry(world)
  const admin = new TopicAdmin(world, first, { name: 'admin', broker: address, registry })
  const history = new SettingHistory(world)
  const settings = new SettingsAdmin(world, third, { name: 'settings', broker: address, topic, history })
  const workloads = [...producers, reader, ...members, admin, settings]
  const runs = workloads.map((workload) => world.spawn(workload.run()))
  await new Nemesis(world, [broker, broker, broker, zookeeper], clients, nemesis).run(troubleMs)
  await world.sleep(3_000)
  for (const workload of workloads) workload.stop()
  await Promise.all(runs)
  // One who has seen nothing yet sees the same.
  const freshOptions = { name: 'fresh reader', broker: address, topic, histories, usesSession: false }
  const fresh = new ReaderWorkload(world, second, freshOptions)
  await Promise.all([reader.readToEnd(), fresh.readToEnd()])
  await admin.finish()
  for (const history of histories) history.finish(['exact-a', 'exact-b'])
}

/** Our broker on a machine of its own, which is started again after every crash. */
export function brokerService(world: World, properties: Record<string, string>): Service {
  const config = parseBrokerConfig({
    'broker.id': '0',
    listeners: 'PLAINTEXT://broker:9092',
    'log.dirs': '/data/kafka',
    'zookeeper.connect': 'zookeeper:2181',
    'zookeeper.session.timeout.ms': '6000',
    'zookeeper.connection.timeout.ms': '60000',
    'offsets.topic.num.partitions': '2',
    'offsets.topic.replication.factor': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.segment.bytes': '50000',
    ...properties,
  })
  const service = new Service(world, world.machine('broker'), async (env: Env) => {
    const onFatal = (error: Error): void => service.exit(env, error)
    const { broker: faults } = world.faults
    // Every buffer is used again, and rubbish once it is let go: whoever looks at one too late sees it.
    const buffers = new BufferPool({ sizeBytesMin: 1, erases: true })
    const broker = new Broker(env, config, { onFatal, buffers, ...(faults === undefined ? {} : { faults }) })
    await broker.start()
    return { stop: () => broker.shutdown() }
  })
  return service
}

/** The topic that clients write to and read. */
export async function createTopic(world: World, name = topic, numPartitions = partitionCount): Promise<void> {
  const link = new BrokerLink(world, world.machine('observer'), 'observer', address)
  for (let isDone = false; !isDone;) {
    await link.attempt(async () => {
      const topics = [{ name, numPartitions, replicationFactor: 1 }]
      const answer = await link.send(createTopicsRequest, createTopicsResponse, { topics })
      const errorCode = answer.topics[0]?.errorCode ?? -1
      // Before the controller has told the broker of itself there are not enough brokers.
      const allowed = ['INVALID_REPLICATION_FACTOR']
      isDone = errorCode === ErrorCode.TOPIC_ALREADY_EXISTS || link.isFine(errorCode, 'CreateTopics', allowed)
    })
    await link.pause(100)
  }
  link.close()
}
