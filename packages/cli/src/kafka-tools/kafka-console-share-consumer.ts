import { ShareConsumer, shareConsumerKeys } from '@odradek/client'
import type { AcknowledgeType, ShareBatch } from '@odradek/client'
import { BatchSource } from './console/batch-source.ts'
import type { MessageFormatter } from './console/default-formatter.ts'
import { formatterGiven, formatterOptions } from './console/formatter-options.ts'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { groupGiven } from './share/share-properties.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-console-share-consumer, of Kafka 4 */
export const kafkaConsoleShareConsumer: KafkaTool = {
  options: [
    bootstrapServer,
    { name: 'topic', value: 'topic', description: 'the topic to read', required: true },
    { name: 'group', value: 'id', description: 'the share group; default: console-share-consumer' },
    { name: 'max-messages', value: 'number', description: 'stop after so many' },
    { name: 'timeout-ms', value: 'ms', description: 'stop when nothing has come for so long' },
    { name: 'release', description: 'give each record back, so that it is delivered again' },
    { name: 'reject', description: 'reject each record, so that it is never delivered again' },
    { name: 'reject-message-on-error', description: 'reject a record that cannot be shown, and go on' },
    ...formatterOptions,
    { name: 'consumer-property', value: 'key=value', description: 'a property of the share consumer' },
    { name: 'command-property', value: 'key=value', description: 'as --consumer-property' },
    { name: 'consumer-config', value: 'file', description: 'a .properties file with properties of the share consumer' },
    commandConfig,
    { name: 'enable-systest-events', description: 'say when it has ended' },
  ],
  async run(given, tool) {
    if (given.has('reject') && given.has('release'))
      throw new ToolError('USAGE', 'At most one of --reject and --release may be specified.')
    const properties = await consumerProperties(given, tool)
    const format = await formatterGiven(given, tool)
    const consumer = new ShareConsumer(await tool.env(), properties)
    consumer.subscribe(given.value('topic') ?? '')
    const printer = new SharePrinter(consumer, format, given, tool)
    let exitCode = 0
    try {
      await printer.run()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      exitCode = error instanceof ToolError ? 1 : 0
      tool.printError(`ERROR Error processing message, terminating consumer process: ${javaError(error)}`)
    } finally {
      await consumer.close()
    }
    tool.printError(`Processed a total of ${printer.count} messages`)
    if (given.has('enable-systest-events')) await tool.print('shutdown_complete')
    return exitCode
  },
}

async function consumerProperties(given: ToolArguments, tool: ToolRun): Promise<Record<string, string>> {
  const ofFile = await tool.properties(given.value('consumer-config') ?? given.value('command-config'), [])
  const ofLine = await tool.properties(undefined, [
    ...given.values('consumer-property'),
    ...given.values('command-property'),
  ])
  return tool.knownKeys(shareConsumerKeys, {
    'client.id': 'console-share-consumer',
    ...ofFile,
    ...ofLine,
    'bootstrap.servers': given.value('bootstrap-server') ?? '',
    'group.id': groupGiven([given.value('group'), ofFile['group.id'], ofLine['group.id']]) ?? 'console-share-consumer',
    'share.acknowledgement.mode': 'explicit',
  })
}

class SharePrinter {
  count = 0
  readonly #consumer: ShareConsumer
  readonly #format: MessageFormatter
  readonly #given: ToolArguments
  readonly #tool: ToolRun
  readonly #type: AcknowledgeType

  constructor(consumer: ShareConsumer, format: MessageFormatter, given: ToolArguments, tool: ToolRun) {
    this.#consumer = consumer
    this.#format = format
    this.#given = given
    this.#tool = tool
    this.#type = given.has('reject') ? 'reject' : given.has('release') ? 'release' : 'accept'
  }

  /** Prints until there were so many records, nothing came for so long, or somebody interrupts. */
  async run(): Promise<void> {
    const countMax = this.#given.number('max-messages') ?? -1
    const timeoutMs = this.#given.number('timeout-ms') ?? -1
    const { interrupted } = this.#tool.context.terminal
    const source = new BatchSource(await this.#tool.env(), this.#consumer.batches(), interrupted)
    while (countMax < 0 || this.count < countMax) {
      const batch = await source.next(timeoutMs < 0 ? Infinity : timeoutMs)
      if (batch === 'interrupted') break
      if (batch === 'timeout') {
        this.#tool.printError(
          'ERROR Error processing message, terminating consumer process: org.apache.kafka.common.errors.TimeoutException',
        )
        break
      }
      await this.#print(batch, countMax < 0 ? Infinity : countMax - this.count)
    }
    await source.release()
  }

  /** What is not printed any more is given back. */
  async #print({ records }: ShareBatch, countMax: number): Promise<void> {
    for (const record of records.slice(0, countMax)) {
      this.count++
      try {
        const piece = this.#format(record)
        if (piece !== undefined) await this.#tool.context.terminal.write(piece)
        this.#consumer.acknowledge(record, this.#type)
      } catch (error) {
        if (!(error instanceof ToolError) || !this.#given.has('reject-message-on-error')) throw error
        this.#tool.printError(`ERROR Error processing message, rejecting this message: ${error.message}`)
        this.#consumer.acknowledge(record, 'reject')
      }
    }
  }
}
