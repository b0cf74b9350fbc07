import { BatchError } from '@odradek/client'
import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { readTextFile } from '../read-file.ts'
import { executionError, javaError } from './java-error.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { comparePartitions, partitionName } from './partition-name.ts'
import { datetimeMs, durationMs } from './times.ts'
import { refuseTogether, ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const bootstrapServersDefault = 'localhost:9092'
const scenarios = ['to-offset', 'to-datetime', 'by-duration', 'to-earliest', 'to-latest', 'from-file', 'shift-by']

/** Names that Kafka Streams gives to the topics that it makes for itself, behind the application's id. */
const internalTopic =
  /(-changelog|-repartition|-subscription-registration-topic|-subscription-response-topic|.-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic)$/

/** kafka-streams-application-reset */
export const kafkaStreamsApplicationReset: KafkaTool = {
  options: [
    { name: 'application-id', value: 'id', description: 'the application', required: true },
    {
      name: 'bootstrap-server',
      value: 'host:port,...',
      description: `brokers of the cluster; default ${bootstrapServersDefault}`,
    },
    { name: 'bootstrap-servers', value: 'host:port,...', description: 'as --bootstrap-server' },
    {
      name: 'input-topics',
      value: 'a,b,...',
      description: 'topics to read again, from the beginning unless told otherwise',
    },
    { name: 'intermediate-topics', value: 'a,b,...', description: 'topics to go to the end of' },
    { name: 'internal-topics', value: 'a,b,...', description: 'only these of its own topics are deleted' },
    { name: 'to-offset', value: 'offset', description: 'read again from an offset' },
    { name: 'to-datetime', value: 'YYYY-MM-DDTHH:mm:SS.sss', description: 'from the first record at or after a time' },
    { name: 'by-duration', value: 'PnDTnHnMnS', description: 'from so long ago' },
    { name: 'to-earliest', description: 'from the first record' },
    { name: 'to-latest', description: 'from the end' },
    { name: 'from-file', value: 'csv', description: 'from what a file says: topic,partition,offset' },
    { name: 'shift-by', value: 'number', description: 'so many records forward, or back' },
    { name: 'config-file', value: 'file', description: 'a .properties file with client properties' },
    { name: 'command-config', value: 'file', description: 'as --config-file' },
    { name: 'force', description: 'members that are still there are removed' },
    { name: 'dry-run', description: 'only show what would be' },
  ],
  async run(given, tool) {
    for (const scenario of scenarios)
      refuseTogether(
        (name) => given.has(name),
        scenario,
        scenarios.filter((other) => other !== scenario),
      )
    const properties = await tool.properties(given.value('config-file') ?? given.value('command-config'), [])
    properties['bootstrap.servers'] =
      given.value('bootstrap-server') ?? given.value('bootstrap-servers') ?? bootstrapServersDefault
    return tool.adminOf(properties, async (admin) => {
      await removeMembers(admin, given, tool)
      const topics = (await admin.listTopics()).map(({ name }) => name)
      if (given.has('dry-run'))
        await tool.print('----Dry run displays the actions which will be performed when running Streams Reset Tool----')
      const code = await resetTopics(admin, topics, given, tool)
      await deleteInternalTopics(admin, topics, given, tool)
      return code
    })
  },
  failed(error, tool) {
    tool.printError(`ERROR: ${executionError(error)}`)
    return Promise.resolve(1)
  },
}

function listOf(given: ToolArguments, option: string): string[] {
  return given.values(option).flatMap((text) => text.split(','))
}

async function removeMembers(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const id = given.value('application-id') ?? ''
  const members = await admin.describeConsumerGroups([id]).then(
    (groups) => groups.get(id)?.members ?? [],
    (error: unknown) => {
      if (error instanceof BatchError && error.errors.get(id)?.code === 'GROUP_ID_NOT_FOUND') return []
      throw error
    },
  )
  if (members.length === 0) return
  if (!given.has('force')) {
    throw new ToolError(
      'REFUSED',
      `ERROR: java.lang.IllegalStateException: Consumer group '${id}' is still active and has following members: [${members.map(({ memberId }) => memberId).join(', ')}]. Make sure to stop all running application instances before running the reset tool. You can use option '--force' to remove active members from the group.`,
    )
  }
  await tool.print(`Force deleting all active members in the group: ${id}`)
  await admin.removeMembersFromConsumerGroup(
    id,
    members.map(({ memberId, groupInstanceId }) => (groupInstanceId === null ? { memberId } : { groupInstanceId })),
  )
}

/** Resolves with the exit code: 1 when a topic is missing. */
async function resetTopics(
  admin: Admin,
  topics: readonly string[],
  given: ToolArguments,
  tool: ToolRun,
): Promise<number> {
  const [inputs, intermediates] = [listOf(given, 'input-topics'), listOf(given, 'intermediate-topics')]
  if (inputs.length === 0 && intermediates.length === 0) {
    await tool.print('No input or intermediate topics specified. Skipping seek.')
    return 0
  }
  if (inputs.length > 0) await tool.print(`Reset-offsets for input topics [${inputs.join(', ')}]`)
  if (intermediates.length > 0) await tool.print(`Seek-to-end for intermediate topics [${intermediates.join(', ')}]`)
  const missing = (wanted: readonly string[]): string[] => wanted.filter((topic) => !topics.includes(topic))
  const [missingInputs, missingIntermediates] = [missing(inputs), missing(intermediates)]
  if (missingInputs.length > 0) {
    await tool.print('Following input topics are not found, skipping them')
    await tool.print(...missingInputs.map((topic) => `Topic: ${topic}`))
  }
  if (missingIntermediates.length > 0) {
    await tool.print('Following intermediate topics are not found, skipping them')
    await tool.print(...missingIntermediates.map((topic) => `Topic:${topic}`))
  }
  const code = missingInputs.length + missingIntermediates.length > 0 ? 1 : 0
  const found = [...inputs, ...intermediates].filter((topic) => topics.includes(topic))
  if (found.length === 0) return code
  const described = await admin.describeTopics([...new Set(found)])
  const partitions = [...described.values()]
    .flatMap(({ name, partitions: ofTopic }) => ofTopic.map(({ partition }) => ({ topic: name, partition })))
    .sort(comparePartitions)
  const ofInputs = partitions.filter(({ topic }) => inputs.includes(topic))
  const others = partitions.filter(({ topic }) => !inputs.includes(topic))
  const id = given.value('application-id') ?? ''
  if (ofInputs.length > 0)
    await tool.print(`Following input topics offsets will be reset to (for consumer group ${id})`)
  const offsets = await inputOffsets(admin, ofInputs, given, tool)
  await tool.print(
    ...offsets.map(({ topic, partition, offset }) => `Topic: ${topic} Partition: ${partition} Offset: ${offset}`),
  )
  if (others.length > 0) {
    await tool.print(`Following intermediate topics offsets will be reset to end (for consumer group ${id})`)
    await tool.print(...others.map(({ topic }) => `Topic: ${topic}`))
  }
  if (!given.has('dry-run')) {
    const ends = await offsetsAt(admin, others, 'latest')
    await admin.alterConsumerGroupOffsets(id, [...offsets, ...ends])
  }
  await tool.print('Done.')
  return code
}

interface NewOffset extends PartitionRef {
  readonly offset: number
}

async function offsetsAt(admin: Admin, partitions: readonly PartitionRef[], spec: OffsetSpec): Promise<NewOffset[]> {
  if (partitions.length === 0) return []
  const listed = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec })))
  return listed.map(({ topic, partition, offset }) => ({ topic, partition, offset }))
}

async function inputOffsets(
  admin: Admin,
  partitions: readonly PartitionRef[],
  given: ToolArguments,
  tool: ToolRun,
): Promise<NewOffset[]> {
  if (given.has('to-latest')) return offsetsAt(admin, partitions, 'latest')
  const [offset, shift] = [given.number('to-offset'), given.number('shift-by')]
  if (offset !== undefined)
    return bounded(
      admin,
      partitions.map((partition) => ({ ...partition, offset })),
      tool,
    )
  if (shift !== undefined) {
    const [committed, ends] = await Promise.all([
      admin.listConsumerGroupOffsets({ [given.value('application-id') ?? '']: null }),
      offsetsAt(admin, partitions, 'latest'),
    ])
    const before = new Map([...committed.values()].flat().map((each) => [partitionName(each), each.offset]))
    const shifted = ends.map((end) => ({ ...end, offset: (before.get(partitionName(end)) ?? end.offset) + shift }))
    return bounded(admin, shifted, tool)
  }
  const file = given.value('from-file')
  if (file !== undefined) return bounded(admin, fromFile(readTextFile(await tool.env(), file), partitions), tool)
  const [datetime, duration] = [given.value('to-datetime'), given.value('by-duration')]
  if (datetime === undefined && duration === undefined) return offsetsAt(admin, partitions, 'earliest')
  const timestampMs =
    datetime === undefined ? (await tool.env()).clock.wallMs() - durationMs(duration ?? '') : datetimeMs(datetime)
  const [found, ends] = await Promise.all([
    offsetsAt(admin, partitions, { timestampMs: Math.round(timestampMs) }),
    offsetsAt(admin, partitions, 'latest'),
  ])
  for (const { topic, partition } of found.filter((each) => each.offset < 0)) {
    await tool.print(
      `Partition ${partition} from topic ${topic} is empty, without a committed record. Falling back to latest known offset.`,
    )
  }
  return found.map((each, index) => (each.offset < 0 ? (ends[index] ?? each) : each))
}

function fromFile(text: string, partitions: readonly PartitionRef[]): NewOffset[] {
  const refuse = (message: string): never => {
    throw new ToolError('REFUSED', `ERROR: Resetting offsets failed.\nERROR: java.text.ParseException: ${message}`)
  }
  if (text === '') refuse('Error parsing reset plan CSV file. It is empty,')
  const offsets = new Map<string, number>()
  for (const line of text.trimEnd().split('\n')) {
    const [topic = '', partition = '', offset = '', ...more] = line.trim().split(',')
    if (more.length > 0 || !/^\d+$/.test(partition) || !/^\d{1,15}$/.test(offset))
      refuse('Reset plan CSV file is not following the format `TOPIC,PARTITION,OFFSET`.')
    offsets.set(partitionName({ topic, partition: Number(partition) }), Number(offset))
  }
  return partitions.map((partition) => {
    const offset = offsets.get(partitionName(partition))
    return offset === undefined
      ? refuse(`there is no offset for ${partitionName(partition)}`)
      : { ...partition, offset }
  })
}

/** No offset before the first record or behind the last; says so. */
async function bounded(admin: Admin, wanted: readonly NewOffset[], tool: ToolRun): Promise<NewOffset[]> {
  const partitions = wanted.map(({ topic, partition }) => ({ topic, partition }))
  const [firsts, ends] = await Promise.all([
    offsetsAt(admin, partitions, 'earliest'),
    offsetsAt(admin, partitions, 'latest'),
  ])
  const result: NewOffset[] = []
  for (const [index, each] of wanted.entries()) {
    const [first, end] = [firsts[index]?.offset ?? 0, ends[index]?.offset ?? 0]
    if (each.offset >= end) {
      await tool.print(`New offset (${each.offset}) is higher than latest offset. Value will be set to ${end}`)
      result.push({ ...each, offset: end })
    } else if (each.offset <= first) {
      await tool.print(`New offset (${each.offset}) is lower than earliest offset. Value will be set to ${first}`)
      result.push({ ...each, offset: first })
    } else result.push(each)
  }
  return result
}

async function deleteInternalTopics(
  admin: Admin,
  topics: readonly string[],
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const own = `${given.value('application-id') ?? ''}-`
  const users = [...listOf(given, 'input-topics'), ...listOf(given, 'intermediate-topics')]
  const inferred = topics.filter(
    (topic) => !users.includes(topic) && topic.startsWith(own) && internalTopic.test(topic),
  )
  const specified = listOf(given, 'internal-topics')
  if (specified.some((topic) => !inferred.includes(topic))) {
    throw new ToolError(
      'REFUSED',
      'ERROR: java.lang.IllegalArgumentException: Invalid topic specified in the --internal-topics option. Ensure that the topics specified are all internal topics. Do a dry run without the --internal-topics option to see the list of all internal topics that can be deleted.',
    )
  }
  const doomed = specified.length > 0 ? specified : inferred
  const kind = specified.length > 0 ? 'specified' : 'inferred'
  await tool.print(`Deleting ${kind} internal topics [${doomed.join(', ')}]`)
  if (!given.has('dry-run') && doomed.length > 0) {
    try {
      await admin.deleteTopics(doomed)
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      for (const [topic, failure] of error.errors)
        tool.printError(`ERROR: deleting topic ${topic}\n${javaError(failure)}`)
      throw new ToolError(
        'REFUSED',
        'ERROR: java.lang.RuntimeException: Encountered an error deleting one or more topics',
      )
    }
  }
  await tool.print('Done.')
}
