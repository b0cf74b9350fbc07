import { Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput } from '@odradek/client'
import { javaDouble, javaErrorName } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { Throttle } from './performance/throttle.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-verifiable-producer */
export const kafkaVerifiableProducer: KafkaTool = {
  program: 'verifiable-producer',
  options: [
    { name: 'topic', value: 'topic', description: 'where the records go', required: true },
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'broker-list', value: 'host:port,...', description: 'as --bootstrap-server' },
    { name: 'max-messages', value: 'number', description: 'how many to send; without it, until it is stopped' },
    { name: 'throughput', value: 'number', description: 'records a second at most' },
    { name: 'acks', value: 'acks', description: '0, 1 or -1, which is the default' },
    { name: 'producer.config', value: 'file', description: 'a .properties file with properties of the producer' },
    { name: 'command-config', value: 'file', description: 'as --producer.config' },
    { name: 'message-create-time', value: 'ms', description: 'the time of the first record, in ms since 1970' },
    { name: 'value-prefix', value: 'number', description: 'stands before each value, with a dot' },
    { name: 'repeating-keys', value: 'number', description: 'so many keys, one after the other, again and again' },
  ],
  async run(given, tool) {
    const brokers = given.value('bootstrap-server') ?? given.value('broker-list')
    if (brokers === undefined) {
      throw new ToolError(
        'USAGE',
        'verifiable-producer: error: one of the arguments --bootstrap-server --broker-list is required',
      )
    }
    const acks = given.value('acks') ?? '-1'
    if (!['0', '1', '-1'].includes(acks)) {
      throw new ToolError(
        'USAGE',
        `verifiable-producer: error: argument --acks: invalid choice: '${acks}' (choose from {0,1,-1})`,
      )
    }
    const file = given.value('producer.config') ?? given.value('command-config')
    const properties = { 'bootstrap.servers': brokers, acks, ...(await tool.properties(file, [])) }
    await produce(tool.knownKeys(producerKeys, properties) as ProducerConfigInput, given, tool)
    return 0
  },
}

async function produce(properties: ProducerConfigInput, given: ToolArguments, tool: ToolRun): Promise<void> {
  const env = await tool.env()
  const { clock } = env
  const print = (name: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    tool.print(JSON.stringify({ timestamp: clock.wallMs(), name, ...fields }))
  const topic = given.value('topic') ?? ''
  const limit = given.number('max-messages') ?? -1
  const targetThroughput = given.number('throughput') ?? -1
  const keyCount = given.number('repeating-keys')
  const prefix = given.number('value-prefix')
  const startWallMs = clock.wallMs()
  const createTimeMs = given.number('message-create-time') ?? -1
  const producer = new Producer<string, string>(env, properties)
  const throttle = new Throttle(env, targetThroughput)
  let [sent, acknowledged] = [0, 0]
  await print('startup_complete')
  try {
    while ((limit < 0 || sent < limit) && !tool.context.terminal.interrupted.aborted) {
      const key = keyCount === undefined ? null : String(sent % keyCount)
      const value = prefix === undefined ? String(sent) : `${prefix}.${sent}`
      const timestamp = createTimeMs < 0 ? {} : { timestamp: createTimeMs + clock.wallMs() - startWallMs }
      sent++
      const hasRoom = producer.send({ topic, key, value, ...timestamp }, (error, metadata) => {
        if (metadata === undefined) {
          const exception = error === undefined ? 'unknown' : `class ${javaErrorName(error)}`
          void print('producer_send_error', { key, value, topic, exception, message: error?.message })
          return
        }
        acknowledged++
        const { partition, offset } = metadata
        void print('producer_send_success', { key, value, topic, partition, offset })
      })
      if (!hasRoom) await producer.drained()
      const wait = throttle.wait(sent)
      if (wait !== undefined) await wait
    }
  } finally {
    await producer.close()
  }
  await print('shutdown_complete')
  const throughput = (1000 * acknowledged) / Math.max(1, clock.wallMs() - startWallMs)
  const data = {
    timestamp: clock.wallMs(),
    name: 'tool_data',
    sent,
    acked: acknowledged,
    target_throughput: targetThroughput,
  }
  await tool.print(`${JSON.stringify(data).slice(0, -1)},"avg_throughput":${javaDouble(throughput)}}`)
}
