import { Consumer, consumerKeys, Producer, producerKeys } from '@odradek/client'
import type { Admin } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import { javaDouble } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const timeoutMs = 60_000
const usage =
  'USAGE: java org.apache.kafka.tools.EndToEndLatency broker_list topic num_messages producer_acks message_size_bytes [optional] properties_file'

/** What is measured: from the words that Kafka 3.9's takes, or from the options of Kafka 4's. */
interface Asked {
  readonly brokers: string
  readonly topic: string
  readonly count: number
  readonly acks: string
  readonly sizeBytes: number
  readonly file: string | undefined
}

/** kafka-e2e-latency */
export const kafkaE2eLatency: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'topic', value: 'topic', description: 'where the records go, and come from' },
    { name: 'num-records', value: 'number', description: 'how many' },
    { name: 'producer-acks', value: 'acks', description: '1 or all' },
    { name: 'record-size', value: 'bytes', description: 'how large a record is' },
    { name: 'command-config', value: 'file', description: 'a .properties file with client properties' },
  ],
  async run(given, tool) {
    const asked = given.rest.length > 0 ? fromWords(given.rest) : fromOptions(given)
    if (asked.acks !== '1' && asked.acks !== 'all')
      throw new ToolError('REFUSED', 'Latency testing requires synchronous acknowledgement. Please use 1 or all')
    await measure(asked, tool)
    return 0
  },
}

function fromWords(words: readonly string[]): Asked {
  if (words.length !== 5 && words.length !== 6) throw new ToolError('REFUSED', usage)
  const [brokers = '', topic = '', count = '', acks = '', size = '', file] = words
  return { brokers, topic, count: Number(count), acks, sizeBytes: Number(size), file }
}

function fromOptions(given: ToolArguments): Asked {
  const needed = (name: string): string => {
    const value = given.value(name)
    if (value === undefined) throw new ToolError('USAGE', `Missing required argument "[${name}]"`)
    return value
  }
  return {
    brokers: needed('bootstrap-server'),
    topic: needed('topic'),
    count: Number(needed('num-records')),
    acks: needed('producer-acks'),
    sizeBytes: Number(needed('record-size')),
    file: given.value('command-config'),
  }
}

async function ensureTopic(admin: Admin, topic: string, tool: ToolRun): Promise<void> {
  const there = await admin.listTopics()
  if (there.some(({ name }) => name === topic)) return
  await tool.print(`Topic "${topic}" does not exist. Will create topic with 1 partition(s) and replication factor = 1`)
  await admin.createTopics([{ name: topic, partitions: 1, replicationFactor: 1 }])
}

async function measure({ brokers, topic, count, acks, sizeBytes, file }: Asked, tool: ToolRun): Promise<void> {
  const env = await tool.env()
  const common = { ...(await tool.properties(file, [])), 'bootstrap.servers': brokers }
  await tool.adminOf(common, (admin) => ensureTopic(admin, topic, tool))
  const producer = new Producer(env, {
    ...tool.knownKeys(producerKeys, common),
    'linger.ms': '0',
    'max.block.ms': String(2 ** 31 - 1),
    acks: acks === '1' ? '1' : 'all',
  })
  const consumer = new Consumer(env, {
    ...tool.knownKeys(consumerKeys, common),
    'group.id': `test-group-${env.clock.wallMs()}`,
    'enable.auto.commit': 'false',
    'auto.offset.reset': 'latest',
    'fetch.max.wait.ms': '0',
  })
  try {
    const { partitions } = await consumer.partitionsFor(topic)
    consumer.assign([...partitions.keys()].map((partition) => ({ topic, partition })))
    await consumer.seekToEnd()
    const source = new BatchSource(env, consumer.batches(), tool.context.terminal.interrupted)
    const latenciesMs: number[] = []
    let totalMs = 0
    const positions = new Map<number, { topic: string; partition: number; offset: number }>()
    for (let index = 0; index < count; index++) {
      const value = Buffer.from(env.random.bytes(sizeBytes).map((byte) => 65 + (byte % 26)))
      const startMs = env.clock.monotonicMs()
      await producer.send({ topic, value })
      const batch = await source.next(timeoutMs)
      const elapsedMs = env.clock.monotonicMs() - startMs
      if (batch === 'interrupted') return
      if (batch === 'timeout')
        throw new ToolError('REFUSED', `poll() timed out before finding a result (timeout:[${timeoutMs}ms])`)
      const [record] = batch.records
      if (record === undefined || !value.equals(record.value ?? Buffer.alloc(0)))
        throw new ToolError(
          'REFUSED',
          `The message read [${record?.value?.toString()}] did not match the message sent [${value.toString()}]`,
        )
      if (batch.records.length !== 1)
        throw new ToolError(
          'REFUSED',
          `Only one result was expected during this test. We found [${batch.records.length}]`,
        )
      const { partition } = record
      positions.set(partition, { topic, partition, offset: record.offset + 1 })
      if (index % 1000 === 0) await tool.print(`${index}\t${javaDouble(elapsedMs)}`)
      totalMs += elapsedMs
      latenciesMs.push(Math.trunc(elapsedMs))
    }
    await source.release()
    await consumer.commit([...positions.values()])
    const sorted = latenciesMs.toSorted((a, b) => a - b)
    const at = (share: number): number => sorted[Math.trunc(sorted.length * share)] ?? 0
    await tool.print(
      `Avg latency: ${(totalMs / count).toFixed(4)} ms`,
      `Percentiles: 50th = ${at(0.5)}, 99th = ${at(0.99)}, 99.9th = ${at(0.999)}`,
    )
  } finally {
    await consumer.close()
    await producer.close()
  }
}
