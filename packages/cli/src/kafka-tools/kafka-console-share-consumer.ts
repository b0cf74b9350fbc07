import { ShareConsumer, shareConsumerKeys } from '@odradek/client'
import type { AcknowledgeType, ShareBatch } from '@odradek/client'
import type { MessageFormatter } from './console/default-formatter.ts'
import { formatterGiven } from './console/formatter-options.ts'
import { consoleOptions, runConsole } from './console/run-console.ts'
import type { BatchPrinter } from './console/run-console.ts'
import { bootstrapServer } from './kafka-tool.ts'
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
    { name: 'release', description: 'give each record back, so that it is delivered again' },
    { name: 'reject', description: 'reject each record, so that it is never delivered again' },
    { name: 'reject-message-on-error', description: 'reject a record that cannot be shown, and go on' },
    { name: 'consumer-config', value: 'file', description: 'a .properties file with properties of the share consumer' },
    ...consoleOptions,
  ],
  async run(given, tool) {
    if (given.has('reject') && given.has('release'))
      throw new ToolError('USAGE', 'At most one of --reject and --release may be specified.')
    const properties = await consumerProperties(given, tool)
    const format = await formatterGiven(given, tool)
    const consumer = new ShareConsumer(await tool.env(), properties)
    const printer = new SharePrinter(consumer, format, given, tool)
    return runConsole(given, tool, consumer, printer, () => consumer.subscribe(given.value('topic') ?? ''))
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

class SharePrinter implements BatchPrinter<ShareBatch> {
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

  /** What is not printed any more is given back. */
  async print({ records }: ShareBatch, countMax: number): Promise<void> {
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
