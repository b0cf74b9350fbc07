// Real clients in one group of the consumer protocol (KIP-848): Apache's Java client 4.3.1 and librdkafka, beside one that still speaks the
// classic protocol; Kafka's own tools for groups; and the metrics that these clients push (KIP-714).
import assert from 'node:assert/strict'
import path from 'node:path'
import { BrokerConnection } from '@odradek/client'
import { createNodeEnv } from '@odradek/env-node'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import { installConfluentKafka } from '../clients/confluent-kafka/judge.ts'
import { ClientDriver } from '../lib/client-driver.ts'
import type { Received } from '../lib/client-driver.ts'
import { partitionFiles } from '../lib/dump-log.ts'
import { root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { compiledJudges } from '../lib/java-classes.ts'
import { classpath } from '../lib/maven.ts'
import { pollUntil } from '../lib/poll-until.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'

const partitions = 6
const group = 'movers'
const topic = 'moved'
const properties = {
  'group.consumer.heartbeat.interval.ms': '1000',
  'group.consumer.min.heartbeat.interval.ms': '1000',
  'group.consumer.session.timeout.ms': '10000',
  'group.consumer.min.session.timeout.ms': '6000',
}

/** The first number of each key of `__consumer_offsets`. */
const recordKinds: Readonly<Record<string, string>> = {
  1: 'offset',
  2: 'classic group',
  3: 'epoch of a group',
  5: 'member',
  6: 'epoch of the assignment',
  7: 'what a member is to have',
  8: 'what a member has',
  16: 'regular expression',
}

/** One member of a group by itself that subscribes to an expression. */
async function beginPatternGroup(bootstrap: string): Promise<void> {
  const [host = '', port = ''] = bootstrap.split(':')
  const env = createNodeEnv({ log: { level: 'error' } })
  const connection = await BrokerConnection.connect(env, { host, port: Number(port), clientId: 'judge' })
  const beat = async (memberEpoch: number): Promise<number> => {
    const { errorCode, memberEpoch: epoch } = await connection.send(
      consumerGroupHeartbeatRequest,
      consumerGroupHeartbeatResponse,
      1,
      {
        groupId: 'pattern',
        memberId: 'pattern-member',
        memberEpoch,
        ...(memberEpoch === 0
          ? { subscribedTopicRegex: 'mov.*', rebalanceTimeoutMs: 10_000, topicPartitions: [] }
          : {}),
      },
    )
    assert.equal(errorCode, 0)
    return epoch
  }
  let epoch = await beat(0)
  await pollUntil<boolean>('the expression is resolved', 30_000, async () => {
    const before = epoch
    epoch = await beat(epoch)
    if (epoch === before) throw new Error('not yet')
    return true
  })
  connection.close()
}

/** What kafka-dump-log 4.3.1 shows of segments of `__consumer_offsets`. */
async function dumpOfOffsets(files: readonly string[]): Promise<string> {
  const dump = ['org.apache.kafka.tools.DumpLogSegments', '--deep-iteration', '--offsets-decoder', '--files']
  return mustRun('java', ['-Xmx384m', '-cp', await classpath('kafka-4.3.1'), ...dump, files.join(',')])
}

export async function judge({ report }: JudgeContext): Promise<void> {
  const target = await startTarget('odradek', properties)
  const { bootstrap } = target
  const java = ['-Xmx256m', '-XX:+UseSerialGC', '-cp', await compiledJudges('clients-4.3.1'), 'Client']
  const consumerProtocol = { GROUP_PROTOCOL: 'consumer' }
  const python = await installConfluentKafka('requirements-newest')
  const script = path.join(root, 'judges', 'clients', 'confluent-kafka', 'client.py')
  const drivers = {
    java: new ClientDriver({ command: 'java', args: java, env: consumerProtocol }),
    librdkafka: new ClientDriver({ command: python, args: ['-u', script], env: consumerProtocol }),
    classic: new ClientDriver({ command: 'java', args: java }),
  }
  const received: Received[] = []
  const tool = async (name: string, ...args: string[]): Promise<string> => {
    const libraries = await classpath('kafka-4.3.1')
    return mustRun('java', ['-Xmx256m', '-cp', libraries, name, '--bootstrap-server', bootstrap, ...args])
  }
  const groups = (...args: string[]): Promise<string> =>
    tool('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand', '--group', group, ...args)
  const share = (...wanted: (readonly [ClientDriver, number])[]): Promise<boolean> =>
    pollUntil(`the partitions are shared ${wanted.map(([, count]) => count).join(', ')}`, 60_000, async () => {
      for (const [driver, count] of wanted) {
        const { assigned } = await driver.memberState('m')
        if (assigned !== count) throw new Error(`one has ${assigned} and should have ${count}`)
      }
      return true
    })
  const produce = async (prefix: string): Promise<void> => {
    const options = { topic, prefix, count: 300, valueBytes: 50, codec: 'none', idempotent: true }
    await drivers.classic.produce(options)
  }
  try {
    for (const driver of Object.values(drivers)) report.note(await driver.connect(bootstrap))
    await drivers.classic.createTopic(topic, partitions)
    const wanted = ['--alter', '--name', 'all', '--metrics', '*', '--interval', '1000']
    await tool('org.apache.kafka.tools.ClientMetricsCommand', ...wanted)
    await report.check('a Java client has all partitions, and shares them with librdkafka', async () => {
      await produce('first')
      await drivers.java.memberStart('m', group, topic)
      await share([drivers.java, 6])
      await drivers.librdkafka.memberStart('m', group, topic)
      await share([drivers.java, 3], [drivers.librdkafka, 3])
    })
    await report.check('a client of the classic protocol joins them', async () => {
      await drivers.classic.memberStart('m', group, topic)
      await share([drivers.java, 2], [drivers.librdkafka, 2], [drivers.classic, 2])
      await produce('second')
    })
    await report.check("Kafka's tools show the group and its members", async () => {
      const state = await groups('--describe', '--state')
      assert.match(state, /movers\s+\S+\s+\(\d+\)\s+uniform\s+Stable\s+3/, state)
      const members = await groups('--describe', '--members', '--verbose')
      assert.equal(members.match(/moved:/g)?.length, 6, members)
      const list = await tool(
        'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
        '--list',
        '--type',
        'consumer',
      )
      assert.match(list, /movers/, list)
    })
    await report.check('clients push their metrics, and the tool shows what is asked for', async () => {
      const shown = await tool('org.apache.kafka.tools.ClientMetricsCommand', '--describe', '--name', 'all')
      assert.match(shown, /interval\.ms=1000/, shown)
      await pollUntil<boolean>('both kinds of clients push', 60_000, async () => {
        const text = await target.metrics()
        for (const software of ['apache-kafka-java', 'confluent-kafka-python']) {
          const line = new RegExp(`^kafka_client_metric\\{[^}]*client_software_name="${software}`, 'm')
          if (!line.test(text)) throw new Error(`nothing of ${software} among ${text.length} characters`)
        }
        return true
      })
    })
    await report.check('the group goes on when the broker is killed and comes back', async () => {
      await target.crash()
      await target.start()
      await produce('third')
      await share([drivers.java, 2], [drivers.librdkafka, 2], [drivers.classic, 2])
    })
    await report.check(
      'when its last members of the consumer protocol leave, it is a classic group again',
      async () => {
        received.push(...(await drivers.librdkafka.memberStop('m')))
        await share([drivers.java, 3], [drivers.classic, 3])
        received.push(...(await drivers.java.memberStop('m')))
        await share([drivers.classic, 6])
        const list = await tool(
          'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
          '--list',
          '--type',
          'classic',
        )
        assert.match(list, /movers/, list)
      },
    )
    await report.check('every record has been read', async () => {
      await produce('fourth')
      await pollUntil<boolean>('all is read', 60_000, async () => {
        const { received: count } = await drivers.classic.memberState('m')
        return received.length + count >= 1200 ? true : undefined
      })
      received.push(...(await drivers.classic.memberStop('m')))
      const places = new Set(received.map(([partition, offset]) => `${partition}-${offset}`))
      assert.equal(places.size, 1200)
      report.note(`${received.length - places.size} records were read twice`)
    })
    await report.check('offsets are reset and the group is deleted by the tool', async () => {
      const reset = await groups('--reset-offsets', '--to-earliest', '--all-topics', '--execute')
      assert.equal(reset.match(/movers\s+moved\s+\d\s+0/g)?.length, 6, reset)
      assert.match(await groups('--delete'), /successful/)
    })
    await report.check("Kafka's tool reads all kinds of records of groups", async () => {
      await beginPatternGroup(bootstrap)
      await target.stop()
      const files = partitionFiles(target.logDir, '__consumer_offsets', 'log')
      const lines = (await dumpOfOffsets(files)).split('\n').filter((line) => line.startsWith('| offset: '))
      assert.ok(lines.length > 20, `${lines.length} records`)
      // What it cannot decode it shows as `key:` and `payload:` in plain bytes.
      assert.deepEqual(
        lines.filter(
          (line) => !/ key: \{"type":"\d+","data":\{.*\} payload: (\{"version":"\d+","data":\{|<DELETE>)/.test(line),
        ),
        [],
      )
      const kinds = new Set(lines.map((line) => / key: \{"type":"(\d+)"/.exec(line)?.[1]))
      assert.deepEqual(
        Object.keys(recordKinds).filter((kind) => !kinds.has(kind)),
        [],
      )
    })
  } finally {
    for (const driver of Object.values(drivers)) driver.close()
    await target.stop()
    target.remove()
  }
}
