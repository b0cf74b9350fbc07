import { ClientError } from '@odradek/client'
import type { Admin, DescribedTransaction, PartitionRef, ProducerState } from '@odradek/client'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { partitionName } from './partition-name.ts'
import { tabbedTable } from './print-columns.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const program = 'kafka-transactions.sh'
const minuteMs = 60_000
const maxTimeoutMinutesDefault = 15

type Command = (admin: Admin, given: ToolArguments, tool: ToolRun) => Promise<void>

const commands: Readonly<Record<string, { readonly run: Command; readonly required: readonly string[] }>> = {
  list: { run: list, required: [] },
  describe: { run: describe, required: ['transactional-id'] },
  'describe-producers': { run: describeProducers, required: ['topic', 'partition'] },
  abort: { run: abort, required: ['topic', 'partition'] },
  'find-hanging': { run: findHanging, required: [] },
}

/** kafka-transactions: list, describe, describe-producers, abort, find-hanging */
export const kafkaTransactions: KafkaTool = {
  program,
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'transactional-id', value: 'id', description: 'the transaction to describe' },
    { name: 'duration-filter', value: 'ms', description: 'list only those that have been open for longer' },
    { name: 'transactional-id-pattern', value: 'pattern', description: 'list only ids that fit' },
    { name: 'topic', value: 'topic', description: 'a topic' },
    { name: 'partition', value: 'number', description: 'a partition of it' },
    { name: 'broker-id', value: 'id', description: 'only what this broker has' },
    { name: 'start-offset', value: 'offset', description: 'where the transaction to abort begins' },
    { name: 'producer-id', value: 'id', description: 'its producer, for brokers before Kafka 3.0' },
    { name: 'producer-epoch', value: 'number', description: 'and the epoch of that' },
    { name: 'coordinator-epoch', value: 'number', description: 'and the epoch of its coordinator' },
    { name: 'max-transaction-timeout', value: 'minutes', description: 'what is open for longer hangs; default 15' },
  ],
  async run(given, tool) {
    const [name = ''] = given.rest
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) {
      const said = name === '' ? 'too few arguments' : `argument COMMAND: invalid choice: '${name}'`
      throw new ToolError('USAGE', `${program}: error: ${said} (choose from ${Object.keys(commands).join(', ')})`)
    }
    const missing = command.required.find((option) => !given.has(option))
    if (missing !== undefined) throw new ToolError('USAGE', `${program}: error: argument --${missing} is required`)
    await tool.admin((admin) => command.run(admin, given, tool))
    return 0
  },
}

/** Says what could not be done, as Kafka's tool does. */
async function attempt<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ToolError) throw error
    const cause = error instanceof ClientError && error.cause instanceof Error ? error.cause : error
    throw new ToolError('REFUSED', `${what}: ${cause.message}. Enable debug logging for additional detail.`)
  }
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const durationMs = given.number('duration-filter')
  const pattern = given.value('transactional-id-pattern')
  const found = await attempt('Failed to list transactions', () =>
    admin.listTransactions({
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(pattern === undefined ? {} : { transactionalIdPattern: pattern }),
    }),
  )
  const rows = found.map((each) => [each.transactionalId, each.coordinatorId, each.producerId, each.state])
  await tool.print(...tabbedTable(['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState'], rows))
}

async function describe(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const id = given.value('transactional-id') ?? ''
  const found = await attempt(`Failed to describe transaction state of transactional-id \`${id}\``, () =>
    admin.describeTransactions([id]),
  )
  const nowMs = (await tool.env()).clock.wallMs()
  const header = [
    'CoordinatorId',
    'TransactionalId',
    'ProducerId',
    'ProducerEpoch',
    'TransactionState',
    'TransactionTimeoutMs',
    'CurrentTransactionStartTimeMs',
    'TransactionDurationMs',
    'TopicPartitions',
  ]
  const rows = [...found.values()].map((each) => [
    each.coordinatorId,
    each.transactionalId,
    each.producerId,
    each.producerEpoch,
    each.state,
    each.timeoutMs,
    each.startTimeMs ?? 'None',
    each.startTimeMs === undefined ? 'None' : nowMs - each.startTimeMs,
    each.partitions.map(partitionName).join(','),
  ])
  await tool.print(...tabbedTable(header, rows))
}

function partitionOf(given: ToolArguments): PartitionRef {
  return { topic: given.value('topic') ?? '', partition: given.number('partition') ?? 0 }
}

async function describeProducers(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const partition = partitionOf(given)
  const brokerId = given.number('broker-id')
  const place = brokerId === undefined ? 'leader' : `broker ${brokerId}`
  const found = await attempt(
    `Failed to describe producers for partition ${partitionName(partition)} on ${place}`,
    () => admin.describeProducers([partition], brokerId === undefined ? {} : { brokerId }),
  )
  const header = [
    'ProducerId',
    'ProducerEpoch',
    'LatestCoordinatorEpoch',
    'LastSequence',
    'LastTimestamp',
    'CurrentTransactionStartOffset',
  ]
  const rows = found
    .flatMap(({ producers }) => producers)
    .map((each) => [
      each.producerId,
      each.producerEpoch,
      each.coordinatorEpoch,
      each.lastSequence,
      each.lastTimestampMs,
      each.currentTransactionStartOffset ?? 'None',
    ])
  await tool.print(...tabbedTable(header, rows))
}

async function abort(admin: Admin, given: ToolArguments): Promise<void> {
  const partition = partitionOf(given)
  const startOffset = given.number('start-offset')
  const producer = startOffset === undefined ? givenProducer(given) : await producerAt(admin, partition, startOffset)
  const { producerId, producerEpoch, coordinatorEpoch } = producer
  const spec = `AbortTransactionSpec(topicPartition=${partitionName(partition)}, producerId=${producerId}, producerEpoch=${producerEpoch}, coordinatorEpoch=${coordinatorEpoch})`
  await attempt(`Failed to abort transaction ${spec}`, () => admin.abortTransaction({ ...partition, ...producer }))
}

type ProducerToAbort = Pick<ProducerState, 'producerId' | 'producerEpoch' | 'coordinatorEpoch'>

function givenProducer(given: ToolArguments): ProducerToAbort {
  const producerId = given.number('producer-id')
  if (producerId === undefined) {
    throw new ToolError(
      'REFUSED',
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    )
  }
  const needed = (name: string): number => {
    const value = given.number(name)
    if (value === undefined) throw new ToolError('REFUSED', `Missing required argument --${name}`)
    return value
  }
  const producerEpoch = needed('producer-epoch')
  return { producerId, producerEpoch, coordinatorEpoch: Math.max(0, needed('coordinator-epoch')) }
}

async function producerAt(admin: Admin, partition: PartitionRef, startOffset: number): Promise<ProducerToAbort> {
  const name = partitionName(partition)
  const [found] = await attempt(`Failed to validate producer state for partition ${name}`, () =>
    admin.describeProducers([partition]),
  )
  const producer = found?.producers.find(
    ({ currentTransactionStartOffset }) => currentTransactionStartOffset === startOffset,
  )
  if (producer === undefined) {
    throw new ToolError(
      'REFUSED',
      `Could not find any open transactions starting at offset ${startOffset} on partition ${name}`,
    )
  }
  const { producerId, producerEpoch, coordinatorEpoch } = producer
  return { producerId, producerEpoch, coordinatorEpoch: Math.max(0, coordinatorEpoch) }
}

interface OpenTransaction extends PartitionRef {
  readonly producer: ProducerState
}

async function findHanging(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const brokerId = given.number('broker-id')
  if (!given.has('topic')) {
    if (brokerId === undefined) {
      throw new ToolError(
        'REFUSED',
        'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
      )
    }
    if (given.has('partition'))
      throw new ToolError('REFUSED', 'The --partition argument requires --topic to be provided')
  }
  const partitions = await partitionsToSearch(admin, given, brokerId)
  const nowMs = (await tool.env()).clock.wallMs()
  const leastMs = (given.number('max-transaction-timeout') ?? maxTimeoutMinutesDefault) * minuteMs
  const described = await attempt(
    `Failed to describe producers for ${partitions.length} partitions on broker ${brokerId ?? 'leader'}`,
    () => admin.describeProducers(partitions, brokerId === undefined ? {} : { brokerId }),
  )
  const open = described.flatMap(({ topic, partition, producers }) =>
    producers
      .filter((each) => each.currentTransactionStartOffset !== undefined && nowMs - each.lastTimestampMs > leastMs)
      .map((producer): OpenTransaction => ({ topic, partition, producer })),
  )
  const hanging = open.length === 0 ? [] : await withoutKnown(admin, open)
  const header = [
    'Topic',
    'Partition',
    'ProducerId',
    'ProducerEpoch',
    'CoordinatorEpoch',
    'StartOffset',
    'LastTimestamp',
    'Duration(min)',
  ]
  const rows = hanging.map(({ topic, partition, producer }) => [
    topic,
    partition,
    producer.producerId,
    producer.producerEpoch,
    producer.coordinatorEpoch,
    producer.currentTransactionStartOffset ?? -1,
    producer.lastTimestampMs,
    Math.trunc((nowMs - producer.lastTimestampMs) / minuteMs),
  ])
  await tool.print(...tabbedTable(header, rows))
}

async function partitionsToSearch(
  admin: Admin,
  given: ToolArguments,
  brokerId: number | undefined,
): Promise<PartitionRef[]> {
  const topic = given.value('topic')
  if (topic !== undefined && given.has('partition')) return [partitionOf(given)]
  const topics =
    topic === undefined
      ? (await attempt('Failed to list topics', () => admin.listTopics({ listInternal: true }))).map(({ name }) => name)
      : [topic]
  const described = await attempt(`Failed to describe ${topics.length} topics`, () => admin.describeTopics(topics))
  return [...described.values()].flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicaIds }) => brokerId === undefined || replicaIds.includes(brokerId))
      .map(({ partition }) => ({ topic: name, partition })),
  )
}

/** Those that no coordinator has open in that partition. */
async function withoutKnown(admin: Admin, open: readonly OpenTransaction[]): Promise<OpenTransaction[]> {
  const producerIds = [...new Set(open.map(({ producer }) => producer.producerId))]
  const listed = await attempt(`Failed to list transactions for ${producerIds.length} producers`, () =>
    admin.listTransactions({ producerIds }),
  )
  const descriptions = new Map<number, DescribedTransaction>()
  for (const { transactionalId, producerId } of listed) {
    const found = await admin.describeTransactions([transactionalId]).catch(() => undefined)
    const description = found?.get(transactionalId)
    if (description !== undefined) descriptions.set(producerId, description)
  }
  return open.filter(({ topic, partition, producer }) => {
    const known = descriptions.get(producer.producerId)?.partitions ?? []
    return !known.some((each) => each.topic === topic && each.partition === partition)
  })
}
