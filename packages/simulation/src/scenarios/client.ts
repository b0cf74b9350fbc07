import type { Env } from '@odradek/base'
import { Consumer } from '@odradek/client'
import { checkHistory, HistoryRecorder } from '@odradek/history'
import { Nemesis } from '../nemesis.ts'
import type { NemesisOptions } from '../nemesis.ts'
import type { Scenario } from '../scenario.ts'
import { Service } from '../service.ts'
import type { RunningServer } from '../service.ts'
import { HistoryConsumer, recordPoll } from '../workloads/history-consumer.ts'
import { HistoryProducer } from '../workloads/history-producer.ts'
import type { World } from '../world.ts'
import { brokerService, createTopic } from './broker.ts'
import { zookeeperService } from './zookeeper.ts'

const bootstrap = 'broker:9092'
const topic = 'history'
const partitionCount = 3
const troubleMs = 10_000
/** Longer than a process that was killed is away. */
const calmMs = 4_000
const nemesis: NemesisOptions = {
  troubles: ['kill', 'kill', 'partition', 'reset', 'pause', 'slow-disk'],
  calmMsMean: 1_500,
}

/** What producers and consumers of the client did and saw is held against all that Kafka must never show (packages/history). */
export const clientScenario: Scenario = {
  name: 'client',
  about: "the client's producers and a group of its consumers, killed and cut off as the broker is",
  withinMs: 900_000,
  run: play,
}

async function play(world: World): Promise<void> {
  const zookeeper = zookeeperService(world)
  zookeeper.start()
  const broker = brokerService(world, {})
  broker.start()
  await createTopic(world, topic, partitionCount)
  const recorder = new HistoryRecorder()
  const common = { bootstrap, topic, partitionCount, recorder }
  const producers = ['producer-0', 'producer-1'].map((name) => new HistoryProducer(world, { ...common, name }))
  const config = {
    'group.id': 'history',
    'auto.offset.reset': 'earliest',
    'session.timeout.ms': 6000,
    'heartbeat.interval.ms': 500,
    'request.timeout.ms': 3000,
    'auto.commit.interval.ms': 700,
    'partition.assignment.strategy': world.random.pick(['range', 'cooperative-sticky']),
    'group.protocol': world.random.pick(['classic', 'consumer'] as const),
  }
  const consumers = ['member-0', 'member-1'].map((name) => new HistoryConsumer(world, { ...common, name, config }))
  const start = (name: string, boot: (env: Env) => Promise<RunningServer>): Service => {
    const service = new Service(world, world.machine(name), boot)
    service.start()
    return service
  }
  const clients = [
    ...producers.map((producer, index) => start(`producer-${index}`, (env) => producer.boot(env))),
    ...consumers.map((consumer, index) => start(`member-${index}`, (env) => consumer.boot(env))),
  ]
  const machines = clients.map(({ machine }) => machine)
  await new Nemesis(world, [broker, broker, broker, zookeeper, ...clients], machines, nemesis).run(troubleMs)
  await world.sleep(calmMs)
  await Promise.all(producers.map((producer) => producer.finish()))
  await Promise.all(consumers.map((consumer) => consumer.finish()))
  await readToEnd(world, recorder)
  const [anomaly] = checkHistory(recorder.history, { isReadToEnd: true })
  if (anomaly !== undefined) world.violate(`no ${anomaly.kind}`, anomaly.text)
}

/** One who has seen nothing yet reads all there is. */
async function readToEnd(world: World, recorder: HistoryRecorder): Promise<void> {
  const reader = new Consumer(world.machine('last').env, {
    'bootstrap.servers': [bootstrap],
    'auto.offset.reset': 'earliest',
  })
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition }))
  reader.assign(partitions)
  await reader.partitionsFor(topic)
  const ends = await reader.endOffsets(partitions)
  let left = [...ends.values()].reduce((sum, end) => sum + end, 0)
  if (left > 0) {
    for await (const batch of reader.batches()) {
      recordPoll(recorder, 'last', batch)
      left -= batch.records.length
      if (left <= 0) break
    }
  }
  await reader.close()
}
