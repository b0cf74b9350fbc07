// Groups in which our consumer shares the partitions with Java's and librdkafka's, in every assignor and protocol that both have, on Apache Kafka 4.3.1.
import assert from 'node:assert/strict'
import { createConsumer, createProducer } from '@odradek/client/node'
import { confluentKafka } from '../clients/confluent-kafka/judge.ts'
import { startKraftTarget } from '../lib/apache-kraft.ts'
import { ClientDriver } from '../lib/client-driver.ts'
import type { DriverCommand } from '../lib/client-driver.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { pollUntil } from '../lib/poll-until.ts'

type ConsumerConfigInput = Parameters<typeof createConsumer>[0]

interface Pairing {
  readonly with: readonly string[]
  readonly ours: ConsumerConfigInput
  readonly java: string
  readonly librdkafka: string
}

const java = 'org.apache.kafka.clients.consumer.'

const pairings: Readonly<Record<string, Pairing>> = {
  range: classic('range', 'RangeAssignor'),
  roundrobin: classic('roundrobin', 'RoundRobinAssignor'),
  sticky: { ...classic('sticky', 'StickyAssignor'), with: ['java-3.9.1', 'java-4.3.1'] },
  'cooperative-sticky': classic('cooperative-sticky', 'CooperativeStickyAssignor'),
  'consumer protocol': {
    with: ['java-4.3.1', 'librdkafka'],
    ours: { 'group.protocol': 'consumer' },
    java: 'group.protocol=consumer',
    librdkafka: 'group.protocol=consumer',
  },
}

function classic(name: string, javaClass: string): Pairing {
  return {
    with: ['java-3.9.1', 'java-4.3.1', 'librdkafka'],
    ours: { 'partition.assignment.strategy': name, 'session.timeout.ms': 10_000, 'heartbeat.interval.ms': 1000 },
    java: `partition.assignment.strategy=${java}${javaClass}`,
    librdkafka: `partition.assignment.strategy=${name}`,
  }
}

async function driversOf(): Promise<Readonly<Record<string, DriverCommand>>> {
  const javaCommand = async (name: 'clients-3.9.1' | 'clients-4.3.1'): Promise<DriverCommand> => {
    const libraries = await compiledJudges(name)
    return { command: 'java', args: ['-Xmx256m', '-XX:+UseSerialGC', '-cp', libraries, 'Client'] }
  }
  return {
    'java-3.9.1': await javaCommand('clients-3.9.1'),
    'java-4.3.1': await javaCommand('clients-4.3.1'),
    librdkafka: await confluentKafka(),
  }
}

const partitionCount = 6
const perRound = 60

export async function judge({ report }: JudgeContext): Promise<void> {
  const commands = await driversOf()
  const target = await startKraftTarget()
  try {
    for (const [name, pairing] of Object.entries(pairings)) {
      await report.check(`${name}: one group of ours, ${pairing.with.join(' and ')}`, () =>
        shareGroup(target.bootstrap, name.replace(' ', '-'), pairing, commands),
      )
    }
  } finally {
    await target.stop()
    target.remove()
  }
}

/** Members join one after the other while records are written, each gets some, no record is left out, none comes twice; then they go again. */
async function shareGroup(
  bootstrap: string,
  name: string,
  pairing: Pairing,
  commands: Readonly<Record<string, DriverCommand>>,
): Promise<void> {
  const topic = `shared-${name}`
  const group = `group-${name}`
  const drivers = new Map<string, ClientDriver>()
  const producer = createProducer({ 'bootstrap.servers': bootstrap })
  const ours = createConsumer({
    'bootstrap.servers': bootstrap,
    'group.id': group,
    'auto.offset.reset': 'earliest',
    'fetch.max.wait.ms': 100,
    ...pairing.ours,
  })
  const received: string[] = []
  const seen = new Map<string, number>()
  let written = 0
  const write = async (): Promise<void> => {
    const records = Array.from({ length: perRound }, (_, index) => ({
      topic,
      partition: index % partitionCount,
      key: `k-${written + index}`,
      value: 'v',
    }))
    await producer.sendBatch(records)
    written += perRound
  }
  let running: Promise<void> | undefined
  try {
    for (const library of pairing.with) {
      const config = library === 'librdkafka' ? pairing.librdkafka : pairing.java
      const command = commands[library]
      assert.ok(command !== undefined)
      const driver = new ClientDriver({ ...command, env: { CONSUMER_CONFIG: config } })
      drivers.set(library, driver)
      await driver.connect(bootstrap)
    }
    await [...drivers.values()][0]?.createTopic(topic, partitionCount)
    ours.subscribe(topic)
    running = ours.run({
      eachRecord: (record) => {
        received.push(String(record.key))
      },
    })
    await write()
    await pollUntil('ours reads alone', 60_000, () => received.length === written || undefined)
    for (const [library, driver] of drivers) {
      await driver.memberStart(library, group, topic)
      await pollUntil(`${library} gets records`, 90_000, async () => {
        await write()
        const state = await driver.memberState(library)
        return state.received > 0 || undefined
      })
    }
    const before = received.length
    await write()
    await pollUntil('ours still has a share', 60_000, () => received.length > before || undefined)
    for (const [library, driver] of drivers) {
      for (const [, , key] of await driver.memberStop(library)) seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    await write()
    const all = (): number => new Set([...seen.keys(), ...received]).size
    await pollUntil(`all of ${written} records`, 60_000, () => all() === written || undefined)
    for (const key of received) seen.set(key, (seen.get(key) ?? 0) + 1)
    const twice = [...seen].filter(([, count]) => count > 1).map(([key]) => key)
    assert.deepEqual(twice, [], `${twice.length} of ${written} records came twice`)
  } finally {
    await ours.close()
    await running
    await producer.close()
    for (const driver of drivers.values()) driver.close()
  }
}
