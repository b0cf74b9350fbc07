import { Consumer, consumerKeys } from '@odradek/client'
import type { ConsumerBatch } from '@odradek/client'
import type { MessageFormatter } from './console/default-formatter.ts'
import { formatterGiven } from './console/formatter-options.ts'
import { consoleOptions, runConsole } from './console/run-console.ts'
import type { BatchPrinter } from './console/run-console.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

/** kafka-console-consumer */
export const kafkaConsoleConsumer: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    { name: 'topic', value: 'topic', description: 'the topic to read' },
    { name: 'include', value: 'pattern', description: 'the topics to read, as a regular expression' },
    { name: 'whitelist', value: 'pattern', description: 'as --include' },
    { name: 'partition', value: 'number', description: 'only this partition of --topic' },
    { name: 'offset', value: 'offset', description: 'where to begin in --partition: an offset, earliest or latest' },
    { name: 'from-beginning', description: 'begin with the first record, where nothing is committed' },
    { name: 'skip-message-on-error', description: 'go on after a record that cannot be shown' },
    {
      name: 'group',
      value: 'id',
      description: 'the group of consumers; default: one of its own, that remembers nothing',
    },
    { name: 'isolation-level', value: 'level', description: 'read_uncommitted (the default) or read_committed' },
    { name: 'consumer.config', value: 'file', description: 'a .properties file with properties of the consumer' },
    ...consoleOptions,
  ],
  async run(given, tool) {
    checkArguments(given)
    const offset = startOffset(given)
    const properties = await consumerProperties(given, tool)
    const format = await formatterGiven(given, tool)
    const consumer = new Consumer(await tool.env(), properties)
    const printer = new RecordPrinter(consumer, format, tool, given.has('skip-message-on-error'))
    return runConsole(given, tool, consumer, printer, () => begin(consumer, given, offset))
  },
}

class RecordPrinter implements BatchPrinter<ConsumerBatch> {
  count = 0
  readonly #consumer: Consumer
  readonly #format: MessageFormatter
  readonly #tool: ToolRun
  readonly #skipsErrors: boolean

  constructor(consumer: Consumer, format: MessageFormatter, tool: ToolRun, skipsErrors: boolean) {
    this.#consumer = consumer
    this.#format = format
    this.#tool = tool
    this.#skipsErrors = skipsErrors
  }

  /** Those that are printed count as read: the group is told where the first is that was not. */
  async print({ records }: ConsumerBatch, countMax: number): Promise<void> {
    const wanted = records.slice(0, countMax)
    const pieces: Buffer[] = []
    for (const record of wanted) {
      this.count++
      try {
        const piece = this.#format(record)
        if (piece !== undefined) pieces.push(piece)
      } catch (error) {
        if (!(error instanceof ToolError) || !this.#skipsErrors) {
          await this.#tool.context.terminal.write(Buffer.concat(pieces))
          throw error
        }
        this.#tool.printError(`ERROR Error processing message, skipping this message: ${error.message}`)
      }
    }
    await this.#tool.context.terminal.write(Buffer.concat(pieces))
    const last = wanted.at(-1)
    const isCommitting = this.#consumer.config['enable.auto.commit'] && this.#consumer.config['group.id'] !== undefined
    if (last !== undefined && wanted.length >= countMax && isCommitting) await this.#consumer.commitRecord(last)
  }
}

function checkArguments(given: ToolArguments): void {
  const usage = (message: string): never => {
    throw new ToolError('USAGE', message)
  }
  const patterns = given.value('include') ?? given.value('whitelist')
  if (given.has('topic') === (patterns !== undefined)) {
    const more = given.has('whitelist')
      ? '--whitelist is DEPRECATED use --include instead; ignored if --include specified.'
      : ''
    usage(`Exactly one of --include/--topic is required. ${more}`)
  }
  if (given.has('partition')) {
    if (!given.has('topic')) usage('The topic is required when partition is specified.')
    if (given.has('from-beginning') && given.has('offset'))
      usage('Options from-beginning and offset cannot be specified together.')
  } else if (given.has('offset')) usage('The partition is required when offset is specified.')
  if (!given.has('bootstrap-server')) usage('Missing required argument "[bootstrap-server]"')
}

function startOffset(given: ToolArguments): number | 'earliest' | 'latest' {
  const text = given.value('offset')
  if (text === undefined) return given.has('from-beginning') ? 'earliest' : 'latest'
  const lower = text.toLowerCase()
  if (lower === 'earliest' || lower === 'latest') return lower
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new ToolError(
    'USAGE',
    `The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`,
  )
}

async function consumerProperties(given: ToolArguments, tool: ToolRun): Promise<Record<string, string>> {
  const file = given.value('consumer.config') ?? given.value('command-config')
  const ofFile = await tool.properties(file, [])
  const ofLine = await tool.properties(undefined, [
    ...given.values('consumer-property'),
    ...given.values('command-property'),
  ])
  const groups = new Set(
    [given.value('group'), ofFile['group.id'], ofLine['group.id']].filter((id) => id !== undefined),
  )
  if (groups.size > 1) {
    throw new ToolError(
      'USAGE',
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${[...groups].map((id) => `'${id}'`).join(', ')}`,
    )
  }
  if (groups.size > 0 && given.has('partition'))
    throw new ToolError('USAGE', 'Options group and partition cannot be specified together.')
  const properties: Record<string, string> = { 'client.id': 'console-consumer', ...ofFile, ...ofLine }
  const reset = properties['auto.offset.reset']
  if (given.has('from-beginning') && reset !== undefined && reset !== 'earliest') {
    throw new ToolError(
      'REFUSED',
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
    )
  }
  properties['auto.offset.reset'] ??= given.has('from-beginning') ? 'earliest' : 'latest'
  properties['bootstrap.servers'] = given.value('bootstrap-server') ?? ''
  const isolation = given.value('isolation-level')
  if (isolation !== undefined) properties['isolation.level'] = isolation
  properties['isolation.level'] ??= 'read_uncommitted'
  // A partition that is read alone begins there, since nothing is committed for the group that is made up for it.
  const start = given.has('partition') ? startOffset(given) : undefined
  if (typeof start === 'string') properties['auto.offset.reset'] = start
  const [group] = groups
  if (group === undefined) properties['enable.auto.commit'] ??= 'false'
  const random = (await tool.env()).random.integer(100_000)
  properties['group.id'] = group ?? `console-consumer-${random}`
  return tool.knownKeys(consumerKeys, properties)
}

function begin(consumer: Consumer, given: ToolArguments, offset: number | 'earliest' | 'latest'): void {
  const topic = given.value('topic')
  if (topic === undefined) {
    const pattern = given.value('include') ?? given.value('whitelist') ?? ''
    consumer.subscribe(new RegExp(`^(?:${pattern})$`))
    return
  }
  const number = given.number('partition')
  if (number === undefined) {
    consumer.subscribe([topic])
    return
  }
  const partition = { topic, partition: number }
  consumer.assign([partition])
  if (typeof offset === 'number') consumer.seek(partition, offset)
}
