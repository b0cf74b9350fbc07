import { Producer, producerKeys } from '@odradek/client'
import type { ProducerConfigInput, ProducerRecord } from '@odradek/client'
import { splitInput } from '../records/split-input.ts'
import { lineReader } from './console/line-reader.ts'
import { executionError, javaError } from './java-error.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** The options that stand for a producer's property, the property, and the tool's own default. */
const propertyOptions: readonly (readonly [option: string, property: string, byDefault: string])[] = [
  ['timeout', 'linger.ms', '1000'],
  ['request-required-acks', 'acks', '-1'],
  ['request-timeout-ms', 'request.timeout.ms', '1500'],
  ['retry-backoff-ms', 'retry.backoff.ms', '100'],
  ['max-memory-bytes', 'buffer.memory', '33554432'],
  ['max-partition-memory-bytes', 'batch.size', '16384'],
  ['batch-size', 'batch.size', '16384'],
  ['metadata-expiry-ms', 'metadata.max.age.ms', '300000'],
  ['max-block-ms', 'max.block.ms', '60000'],
]

/** kafka-console-producer */
export const kafkaConsoleProducer: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'broker-list', value: 'host:port,...', description: 'as --bootstrap-server' },
    { name: 'topic', value: 'topic', description: 'where the records go' },
    { name: 'sync', description: 'wait for each record' },
    {
      name: 'compression-codec',
      optionalValue: 'codec',
      description: 'none, gzip, snappy, lz4 or zstd; gzip without a value',
    },
    {
      name: 'message-send-max-retries',
      value: 'number',
      description: 'taken, and not needed: delivery.timeout.ms counts',
    },
    ...propertyOptions.map(([name, property, byDefault]) => ({
      name,
      value: 'value',
      description: `${property}; default ${byDefault}`,
    })),
    { name: 'socket-buffer-size', value: 'bytes', description: 'taken, and not needed' },
    { name: 'line-reader', value: 'class', description: 'only the one that there is: LineMessageReader' },
    {
      name: 'property',
      value: 'key=value',
      description:
        'of the reader of lines: parse.key, key.separator, parse.headers, headers.delimiter, headers.separator, headers.key.separator, ignore.error, null.marker',
    },
    { name: 'reader-property', value: 'key=value', description: 'as --property' },
    { name: 'reader-config', value: 'file', description: 'a .properties file for the reader' },
    { name: 'producer-property', value: 'key=value', description: 'a property of the producer' },
    { name: 'command-property', value: 'key=value', description: 'as --producer-property' },
    { name: 'producer.config', value: 'file', description: 'a .properties file with properties of the producer' },
    commandConfig,
  ],
  async run(given, tool) {
    const brokers = given.value('bootstrap-server') ?? given.value('broker-list')
    if (brokers === undefined) throw new ToolError('USAGE', 'Missing required option(s) [bootstrap-server]')
    const topic = given.value('topic')
    if (topic === undefined) throw new ToolError('USAGE', 'Missing required argument "[topic]"')
    const reader = given.value('line-reader')
    if (reader !== undefined && !reader.endsWith('LineMessageReader'))
      throw new ToolError('REFUSED', `java.lang.ClassNotFoundException: ${reader}`)
    const readLine = lineReader(
      await tool.properties(given.value('reader-config'), [
        ...given.values('property'),
        ...given.values('reader-property'),
      ]),
    )
    const env = await tool.env()
    const producer = new Producer(env, (await producerConfig(brokers, given, tool)) as ProducerConfigInput)
    const { terminal } = tool.context
    const { interrupted } = terminal
    const prompt = async (): Promise<void> => {
      if (terminal.inputIsTerminal && terminal.outputIsTerminal) await terminal.write('>')
    }
    try {
      await prompt()
      for await (const piece of splitInput(terminal.input, Buffer.from('\n'))) {
        if (interrupted.aborted) break
        const line = piece.toString('utf8').replace(/\r$/, '')
        const record = { topic, ...readLine(line) }
        if (given.has('sync')) await producer.send(record)
        else if (
          !producer.send(record, (error) => (error === undefined ? undefined : reportFailure(tool, record, error)))
        )
          await producer.drained()
        await prompt()
      }
      await producer.flush()
    } finally {
      await producer.close()
    }
    return 0
  },
  failed(error, tool) {
    tool.printError(executionError(error))
    return Promise.resolve(1)
  },
}

async function producerConfig(brokers: string, given: ToolArguments, tool: ToolRun): Promise<Record<string, string>> {
  const file = given.value('producer.config') ?? given.value('command-config')
  const own = await tool.properties(file, [...given.values('producer-property'), ...given.values('command-property')])
  const codec = given.has('compression-codec') ? given.value('compression-codec') || 'gzip' : 'none'
  const properties: Record<string, string> = {
    'client.id': 'console-producer',
    ...own,
    'bootstrap.servers': brokers,
    'compression.type': codec,
  }
  for (const [option, property, byDefault] of propertyOptions) {
    const value = given.value(option)
    if (value !== undefined) properties[property] = value
    else properties[property] ??= byDefault
  }
  return tool.knownKeys(producerKeys, properties)
}

/** As Java's ErrorLoggingCallback. */
function reportFailure(tool: ToolRun, { topic, key, value }: ProducerRecord<string, string>, error: Error): void {
  const size = (text: string | null | undefined): string =>
    text === null || text === undefined ? 'null' : `${Buffer.byteLength(text)} bytes`
  tool.printError(
    `ERROR Error when sending message to topic ${topic} with key: ${size(key)}, value: ${size(value)} with error: ${javaError(error)}`,
  )
}
