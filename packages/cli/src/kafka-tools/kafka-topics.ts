import type { Admin, ConfigEntry, DescribedPartition, DescribedTopic } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { topicPattern } from './topic-pattern.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['list', 'create', 'delete', 'describe', 'alter'] as const

/** kafka-topics */
export const kafkaTopics: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'list', description: 'list all topics, or those that --topic fits' },
    { name: 'create', description: 'create a topic' },
    { name: 'delete', description: 'delete topics' },
    { name: 'describe', description: 'print partitions, leaders, replicas and what was configured' },
    { name: 'alter', description: 'add partitions' },
    {
      name: 'topic',
      value: 'name',
      description: 'the topic; a regular expression, or several with commas, except to create',
    },
    { name: 'topic-id', value: 'id', description: 'the topic to describe, by its id' },
    { name: 'partitions', value: 'number', description: 'how many partitions there are to be' },
    { name: 'replication-factor', value: 'number', description: 'how many copies of each partition' },
    { name: 'replica-assignment', value: '1:2,2:3,...', description: 'brokers of each partition, by hand' },
    {
      name: 'config',
      value: 'key=value',
      description: 'a configuration value of the topic to create; as often as wanted',
    },
    { name: 'if-exists', description: 'no error for a topic that does not exist' },
    { name: 'if-not-exists', description: 'no error for a topic that exists' },
    { name: 'exclude-internal', description: "without the cluster's own topics" },
    { name: 'topics-with-overrides', description: 'describe only topics with a configuration of their own' },
    { name: 'unavailable-partitions', description: 'describe only partitions without a leader' },
    { name: 'under-replicated-partitions', description: 'describe only partitions that lack a replica in sync' },
    { name: 'under-min-isr-partitions', description: 'describe only partitions below min.insync.replicas' },
    { name: 'at-min-isr-partitions', description: 'describe only partitions at min.insync.replicas' },
    { name: 'partition-size-limit-per-response', value: 'number', description: 'taken, and not needed' },
  ],
  async run(given, tool) {
    const asked = actions.filter((action) => given.has(action))
    if (asked.length !== 1) {
      tool.printError(`Command must include exactly one action: ${actions.map((action) => `--${action}`).join(', ')}`)
      return 1
    }
    if (given.has('alter') && given.has('config')) {
      tool.printError(
        'Option combination "[bootstrap-server],[config]" can\'t be used with option "[alter]" (the kafka-configs CLI supports altering topic configs with a --bootstrap-server option)',
      )
      return 1
    }
    if (given.has('create') && !given.has('topic')) {
      tool.printError('Missing required argument "[topic]"')
      return 1
    }
    await tool.admin((admin) => {
      if (given.has('list')) return list(admin, given, tool)
      if (given.has('create')) return create(admin, given, tool)
      if (given.has('delete')) return remove(admin, given)
      return given.has('alter') ? alter(admin, given) : describe(admin, given, tool)
    })
    return 0
  },
  async failed(error, tool) {
    await tool.print(`Error while executing topic command : ${error.message}`)
    return 1
  },
}

/** The topics that `--topic` fits; throws when it fits none, unless `--if-exists`. */
async function fitting(admin: Admin, given: ToolArguments): Promise<string[]> {
  const wanted = given.value('topic')
  const fits = topicPattern(wanted)
  const listed = await admin.listTopics({ listInternal: !given.has('exclude-internal') })
  const names = listed.map(({ name }) => name).filter(fits)
  if (names.length === 0 && wanted !== undefined && !given.has('if-exists')) {
    throw new CliError('INVALID_OPTION', `Topic 'Optional[${wanted}]' does not exist as expected`)
  }
  return names
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const fits = topicPattern(given.value('topic'))
  const listed = await admin.listTopics({ listInternal: !given.has('exclude-internal') })
  await tool.print(...listed.map(({ name }) => name).filter(fits))
}

async function create(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const name = given.value('topic') ?? ''
  if (/[._]/.test(name)) {
    await tool.print(
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.",
    )
  }
  const [partitions, replicationFactor] = [
    positive(given, 'partitions', 'partitions'),
    positive(given, 'replication-factor', 'replication factor'),
  ]
  const assignment = given.value('replica-assignment')
  const topic = {
    name,
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(assignment === undefined ? {} : { replicasAssignments: replicaLists(assignment) }),
    configs: Object.fromEntries(
      given
        .values('config')
        .map((text) => [text.slice(0, text.indexOf('=')).trim(), text.slice(text.indexOf('=') + 1).trim()]),
    ),
  }
  if (
    given.has('if-not-exists') &&
    (await admin.listTopics({ listInternal: true })).some((listed) => listed.name === name)
  )
    return
  await admin.createTopics([topic])
  await tool.print(`Created topic ${name}.`)
}

function positive(given: ToolArguments, option: string, what: string): number | undefined {
  const text = given.value(option)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^-?\d+$/.test(text)) throw new CliError('INVALID_OPTION', `Cannot parse argument '${text}' of option ${option}`)
  if (number < 1) throw new CliError('INVALID_OPTION', `The ${what} must be greater than 0`)
  return number
}

/** `1:2,2:3`: the brokers of each partition. */
function replicaLists(text: string): number[][] {
  return text.split(',').map((part) => {
    const ids = part.split(':').map(Number)
    const twice = ids.find((id, index) => ids.indexOf(id) !== index)
    if (twice !== undefined) {
      throw new CliError('INVALID_OPTION', `Partition replica lists may not contain duplicate entries: ${twice}`)
    }
    return ids
  })
}

async function remove(admin: Admin, given: ToolArguments): Promise<void> {
  if (!given.has('topic')) throw new CliError('INVALID_OPTION', 'Missing required argument "[topic]"')
  await admin.deleteTopics(await fitting(admin, given))
}

async function alter(admin: Admin, given: ToolArguments): Promise<void> {
  const names = await fitting(admin, given)
  const described = await admin.describeTopics(names)
  const totalCount = positive(given, 'partitions', 'partitions')
  if (totalCount === undefined) return
  const assignment = given.value('replica-assignment')
  const counts = [...described].map(([name, { partitions }]) => {
    const newAssignments = assignment === undefined ? undefined : replicaLists(assignment).slice(partitions.length)
    return [name, { totalCount, newAssignments }] as const
  })
  await admin.createPartitions(Object.fromEntries(counts))
}

async function describe(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const id = given.value('topic-id')
  const topics = id === undefined ? await describedByName(admin, given) : await describedById(admin, id, given)
  if (topics.length === 0) return
  const configs = await admin.describeConfigs(topics.map(({ name }) => ({ type: 'TOPIC' as const, name })))
  const isFiltered = [
    'unavailable-partitions',
    'under-replicated-partitions',
    'under-min-isr-partitions',
    'at-min-isr-partitions',
  ].some((name) => given.has(name))
  for (const [index, topic] of topics.entries()) {
    const entries = (configs[index]?.entries ?? []).filter(({ source }) => source !== 'DEFAULT_CONFIG')
    const minInSync = Number(configs[index]?.entries.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
    if (!isFiltered && !(given.has('topics-with-overrides') && entries.length === 0))
      await tool.print(headLine(topic, entries))
    if (given.has('topics-with-overrides')) continue
    const partitions = topic.partitions.filter((partition) => isShown(partition, given, minInSync))
    await tool.print(...partitions.map((partition) => partitionLine(topic.name, partition)))
  }
}

async function describedByName(admin: Admin, given: ToolArguments): Promise<DescribedTopic[]> {
  const names = await fitting(admin, given)
  return names.length === 0 ? [] : [...(await admin.describeTopics(names)).values()]
}

async function describedById(admin: Admin, id: string, given: ToolArguments): Promise<DescribedTopic[]> {
  const listed = (await admin.listTopics({ listInternal: true })).filter((topic) => topic.id === id)
  if (listed.length > 0) return [...(await admin.describeTopicsById([id])).values()]
  if (given.has('if-exists')) return []
  throw new CliError('INVALID_OPTION', `TopicId '${id}' does not exist as expected`)
}

function headLine({ name, id, partitions }: DescribedTopic, entries: readonly ConfigEntry[]): string {
  const replicas = partitions[0]?.replicaIds.length ?? 0
  const configs = entries.map((entry) => `${entry.name}=${entry.value ?? ''}`).join(',')
  return `Topic: ${name}\tTopicId: ${id}\tPartitionCount: ${partitions.length}\tReplicationFactor: ${replicas}\tConfigs: ${configs}`
}

function partitionLine(topic: string, partition: DescribedPartition): string {
  const { leaderId, replicaIds, inSyncReplicaIds } = partition
  const leader = leaderId ?? 'none'
  return `\tTopic: ${topic}\tPartition: ${partition.partition}\tLeader: ${leader}\tReplicas: ${replicaIds.join(',')}\tIsr: ${inSyncReplicaIds.join(',')}\tElr: N/A\tLastKnownElr: N/A`
}

function isShown(
  { leaderId, replicaIds, inSyncReplicaIds }: DescribedPartition,
  given: ToolArguments,
  minInSync: number,
): boolean {
  if (given.has('unavailable-partitions')) return leaderId === undefined
  if (given.has('under-replicated-partitions')) return inSyncReplicaIds.length < replicaIds.length
  if (given.has('under-min-isr-partitions')) return inSyncReplicaIds.length < minInSync
  return given.has('at-min-isr-partitions') ? inSyncReplicaIds.length === minInSync : true
}
