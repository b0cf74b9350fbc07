import type { Admin, OffsetSpec, PartitionRef } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'
import { topicPattern } from './topic-pattern.ts'
import type { ToolArguments } from './tool-options.ts'

const specs: Readonly<Record<string, OffsetSpec>> = {
  '-1': 'latest',
  latest: 'latest',
  '-2': 'earliest',
  earliest: 'earliest',
  '-3': 'maxTimestamp',
  'max-timestamp': 'maxTimestamp',
  '-4': 'earliestLocal',
  'earliest-local': 'earliestLocal',
  '-5': 'latestTiered',
  'latest-tiered': 'latestTiered',
}

/** kafka-get-offsets */
export const kafkaGetOffsets: KafkaTool = {
  options: [
    { ...bootstrapServer, required: false },
    { name: 'broker-list', value: 'host:port,...', description: 'as --bootstrap-server' },
    commandConfig,
    { name: 'topic', value: 'pattern', description: 'topics, as a regular expression' },
    { name: 'partitions', value: '0,1,...', description: 'only these partitions' },
    {
      name: 'topic-partitions',
      value: 'topic:0-3,...',
      description: 'partitions by pattern: topic, topic:1, topic:1-3, :-3',
    },
    {
      name: 'time',
      value: 'time',
      description: 'ms since 1970, or latest, earliest, max-timestamp, earliest-local, latest-tiered',
    },
    { name: 'exclude-internal-topics', description: "without the cluster's own topics" },
  ],
  async run(given, tool) {
    const time = given.value('time') ?? 'latest'
    const spec = specs[time] ?? (/^\d{1,18}$/.test(time) ? { timestampMs: Number(time) } : undefined)
    if (spec === undefined) {
      throw new CliError(
        'INVALID_OPTION',
        `Malformed time argument ${time}, please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered, or a specified long format timestamp`,
      )
    }
    return tool.admin(async (admin) => {
      const partitions = await partitionsOf(admin, given)
      if (partitions.length === 0)
        throw new CliError('INVALID_OPTION', 'Could not match any topic-partitions with the specified filters')
      const listed = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec })))
      const lines = listed
        .filter(({ offset }) => offset >= 0)
        .map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}`)
      await tool.print(...lines)
      return 0
    })
  },
  failed(error, tool) {
    tool.printError(`Error occurred: ${error.message}`)
    return Promise.resolve(1)
  },
}

async function partitionsOf(admin: Admin, given: ToolArguments): Promise<PartitionRef[]> {
  const listed = await admin.listTopics({ listInternal: !given.has('exclude-internal-topics') })
  if (listed.length === 0) return []
  const described = await admin.describeTopics(listed.map(({ name }) => name))
  const isWanted = partitionFilter(given)
  return [...described.values()]
    .flatMap(({ name, partitions }) => partitions.map(({ partition }) => ({ topic: name, partition })))
    .filter(isWanted)
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
}

function partitionFilter(given: ToolArguments): (ref: PartitionRef) => boolean {
  const rules = given.value('topic-partitions')
  if (rules !== undefined) {
    const filters = rules.split(',').map(ruleOf)
    return (ref) => filters.some((fits) => fits(ref))
  }
  const fits = topicPattern(given.value('topic'))
  const only = given.value('partitions')?.split(',').map(Number)
  return ({ topic, partition }) => fits(topic) && (only === undefined || only.includes(partition))
}

/** One rule: `pattern`, `pattern:N`, `pattern:FROM-TO` with the end left out of the range, and either part missing. */
function ruleOf(rule: string): (ref: PartitionRef) => boolean {
  const [, pattern = '', range = ''] = /^([^:]*)(?::(\d*-?\d*))?$/.exec(rule) ?? []
  if (pattern === '' && range === '') throw new CliError('INVALID_OPTION', `Invalid rule specification: ${rule}`)
  const fits = topicPattern(pattern === '' ? undefined : pattern)
  const [, from = '', dash = '', to = ''] = /^(\d*)(-?)(\d*)$/.exec(range) ?? []
  const first = from === '' ? 0 : Number(from)
  const behind = dash === '' ? (from === '' ? Infinity : first + 1) : to === '' ? Infinity : Number(to)
  return ({ topic, partition }) => fits(topic) && partition >= first && partition < behind
}
