import type { Env } from '@odradek/base'
import { Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput } from '@odradek/client'
import { readTextFile } from '../read-file.ts'
import { javaError } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { LatencyStats } from './performance/latency-stats.ts'
import { Throttle } from './performance/throttle.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const payloadOptions = ['record-size', 'payload-file', 'payload-monotonic']
const bootstrapServer = { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' }

/** kafka-producer-perf-test */
export const kafkaProducerPerfTest: KafkaTool = {
  program: 'producer-performance',
  options: [
    bootstrapServer,
    { name: 'topic', value: 'topic', description: 'where the records go', required: true },
    { name: 'num-records', value: 'number', description: 'how many to send', required: true },
    { name: 'record-size', value: 'bytes', description: 'random letters of this size' },
    { name: 'payload-file', value: 'file', description: 'values to choose from, one a line' },
    { name: 'payload-delimiter', value: 'text', description: 'what stands between values in the file; default \\n' },
    { name: 'payload-monotonic', description: 'numbers from 0 on as values' },
    {
      name: 'throughput',
      value: 'number',
      description: 'records a second at most; -1: as fast as it goes',
      required: true,
    },
    {
      name: 'producer-props',
      value: 'key=value ...',
      isMany: true,
      description: 'properties of the producer, one or more',
    },
    { name: 'command-property', value: 'key=value', description: 'a property of the producer' },
    { name: 'producer.config', value: 'file', description: 'a .properties file with properties of the producer' },
    { name: 'command-config', value: 'file', description: 'as --producer.config' },
    { name: 'print-metrics', description: "refused: the client's metrics are not kept" },
    { name: 'transactional-id', value: 'id', description: 'the id, where there are transactions' },
    { name: 'transaction-duration-ms', value: 'ms', description: 'send in transactions that last so long' },
    {
      name: 'warmup-records',
      value: 'number',
      description: 'records at the beginning that are left out of the results',
    },
  ],
  async run(given, tool) {
    const payloads = payloadOptions.filter((name) => given.has(name))
    if (payloads.length === 0)
      throw new ToolError(
        'USAGE',
        'producer-performance: error: one of the arguments --record-size --payload-file --payload-monotonic is required',
      )
    if (payloads.length > 1)
      throw new ToolError(
        'USAGE',
        `producer-performance: error: argument --${payloads[1]}: not allowed with argument --${payloads[0]}`,
      )
    const file = given.value('producer.config') ?? given.value('command-config')
    if (!given.has('producer-props') && file === undefined && !given.has('bootstrap-server'))
      throw new ToolError(
        'USAGE',
        'producer-performance: error: Either --producer-props or --producer.config must be specified.',
      )
    if (given.has('print-metrics'))
      tool.printError('WARN metrics of the producer are not kept: --print-metrics prints none')
    const env = await tool.env()
    const payload = await payloadMaker(env, given, tool)
    await send(env, await producerProperties(file, given, tool), payload, given, tool)
    return 0
  },
}

async function producerProperties(
  file: string | undefined,
  given: ToolArguments,
  tool: ToolRun,
): Promise<ProducerConfigInput> {
  const props = given.values('producer-props')
  const wrong = props.find((text) => text.split('=').length !== 2)
  if (wrong !== undefined)
    throw new ToolError(
      'REFUSED',
      `Exception in thread "main" java.lang.IllegalArgumentException: Invalid property: ${wrong}`,
    )
  const properties = await tool.properties(file, [...props, ...given.values('command-property')])
  properties['client.id'] ??= 'perf-producer-client'
  const brokers = given.value('bootstrap-server')
  if (brokers !== undefined) properties['bootstrap.servers'] = brokers
  if ((given.number('transaction-duration-ms') ?? 0) > 0 || given.has('transactional-id'))
    properties['transactional.id'] ??=
      given.value('transactional-id') ?? 'performance-producer-default-transactional-id'
  return tool.knownKeys(producerKeys, properties) as ProducerConfigInput
}

async function payloadMaker(env: Env, given: ToolArguments, tool: ToolRun): Promise<(index: number) => Buffer> {
  const size = given.number('record-size')
  if (size !== undefined) return () => Buffer.from(env.random.bytes(size).map((byte) => 65 + (byte % 26)))
  const file = given.value('payload-file')
  if (file === undefined) return (index) => Buffer.from(String(index))
  await tool.print(`Reading payloads from: ${file}`)
  const text = readTextFile(env, file)
  if (text === '') throw new ToolError('REFUSED', 'File does not exist or empty file provided.')
  const parts = text.split((given.value('payload-delimiter') ?? '\\n').replaceAll('\\n', '\n'))
  const last = parts.findLastIndex((part) => part !== '')
  const payloads = parts.slice(0, last + 1).map((part) => Buffer.from(part))
  await tool.print(`Number of messages read: ${payloads.length}`)
  return () => payloads[env.random.integer(payloads.length)] ?? Buffer.alloc(0)
}

async function send(
  env: Env,
  properties: ProducerConfigInput,
  payload: (index: number) => Buffer,
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const topic = given.value('topic') ?? ''
  const recordCount = given.number('num-records') ?? 0
  const warmupCount = given.number('warmup-records') ?? 0
  const transactionMs = given.number('transaction-duration-ms') ?? 0
  const isTransactional = transactionMs > 0
  const producer = new Producer(env, properties)
  try {
    if (isTransactional) await producer.initTransactions()
    let stats = new LatencyStats(env.clock, recordCount)
    const throttle = new Throttle(env, Number(given.value('throughput')))
    let begunAtMs: number | undefined
    for (let index = 0; index < recordCount && !tool.context.terminal.interrupted.aborted; index++) {
      if (index > 0 && index === warmupCount) {
        await producer.flush()
        stats = new LatencyStats(env.clock, recordCount - warmupCount)
      }
      const value = payload(index)
      if (isTransactional && begunAtMs === undefined) {
        producer.beginTransaction()
        begunAtMs = env.clock.monotonicMs()
      }
      const sentAtMs = env.clock.monotonicMs()
      const counted = stats
      const hasRoom = producer.send({ topic, value }, (error) => {
        if (error !== undefined) return tool.printError(javaError(error))
        const line = counted.record(sentAtMs, value.length)
        if (line !== undefined) void tool.print(line)
      })
      if (!hasRoom) await producer.drained()
      if (begunAtMs !== undefined && sentAtMs - begunAtMs >= transactionMs) {
        await producer.commitTransaction()
        begunAtMs = undefined
      }
      const wait = throttle.wait(index + 1)
      if (wait !== undefined) await wait
    }
    if (begunAtMs !== undefined) await producer.commitTransaction()
    await producer.flush()
    await tool.print(stats.total())
  } finally {
    await producer.close()
  }
}
