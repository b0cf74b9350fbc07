import { BatchError } from '@odradek/client'
import type { Admin, DescribedGroup, OffsetSpec, PartitionRef } from '@odradek/client'
import { findPartitions } from '../context/partition-argument.ts'
import { executionError, javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { comparePartitions } from './partition-name.ts'
import { columnsLine, columnsTable } from './print-columns.ts'
import { datetimeMs } from './times.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets']
const states = ['Dead', 'Empty', 'Stable']
const missing = '-'
/** Errors that are about the group, whichever topic has them. */
const groupErrors: ReadonlySet<string> = new Set([
  'INVALID_GROUP_ID',
  'GROUP_ID_NOT_FOUND',
  'GROUP_AUTHORIZATION_FAILED',
  'NON_EMPTY_GROUP',
])

/** kafka-share-groups, of Kafka 4 */
export const kafkaShareGroups: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'list', description: 'list share groups' },
    { name: 'describe', description: 'where groups are, or --members, or --state' },
    { name: 'delete', description: 'delete groups without members' },
    { name: 'reset-offsets', description: 'set where a group without members begins' },
    { name: 'delete-offsets', description: 'forget where a group begins in topics' },
    { name: 'group', value: 'id', description: 'a group, as often as wanted' },
    { name: 'all-groups', description: 'all share groups' },
    { name: 'topic', value: 'topic[:0,1]', description: 'a topic, or some of its partitions, as often as wanted' },
    { name: 'all-topics', description: 'all topics that the group has offsets in' },
    { name: 'members', description: 'describe members' },
    { name: 'offsets', description: 'describe offsets, which is what happens without it' },
    { name: 'state', optionalValue: 'states', description: 'list or describe states; to list, only these' },
    { name: 'verbose', description: 'more columns' },
    { name: 'timeout', value: 'ms', description: 'taken, and not needed' },
    { name: 'to-earliest', description: 'reset to the first record' },
    { name: 'to-latest', description: 'reset to the end' },
    {
      name: 'to-datetime',
      value: 'YYYY-MM-DDTHH:mm:SS.sss',
      description: 'reset to the first record at or after a time',
    },
    { name: 'dry-run', description: 'only show what would be' },
    { name: 'execute', description: 'do it' },
  ],
  async run(given, tool) {
    if (actions.filter((action) => given.has(action)).length !== 1) {
      throw new ToolError(
        'USAGE',
        `Command must include exactly one action: ${actions.map((action) => `--${action}`).join(', ')}.`,
      )
    }
    checkArguments(given)
    await tool.admin((admin) => {
      if (given.has('list')) return list(admin, given, tool)
      if (given.has('describe')) return describe(admin, given, tool)
      if (given.has('delete')) return remove(admin, given, tool)
      return given.has('reset-offsets') ? reset(admin, given, tool) : deleteOffsets(admin, given, tool)
    })
    return 0
  },
  async failed(error, tool) {
    await tool.print('', `Error: Executing share group command failed due to ${javaError(error)}`)
    tool.printError(executionError(error))
    return 0
  },
}

function checkArguments(given: ToolArguments): void {
  const has = (name: string): boolean => given.has(name)
  const usage = (message: string): never => {
    throw new ToolError('USAGE', message)
  }
  if (has('describe')) {
    if (!has('group') && !has('all-groups'))
      usage('Option [describe] takes one of these options: [all-groups], [group]')
    if (['members', 'offsets', 'state'].filter(has).length > 1)
      usage('Option [describe] takes at most one of these options: [members], [offsets], [state]')
    if (given.value('state') !== undefined) usage('Option [describe] does not take a value for [state]')
  }
  if (has('delete')) {
    if (!has('group') && !has('all-groups')) usage('Option [delete] takes the options [group] or [all-groups]')
    if (has('group') && has('all-groups')) usage('Option [delete] takes either [group] or [all-groups], not both.')
    if (has('topic')) usage('Option [delete] does not take the option: [topic]')
  }
  if (has('delete-offsets') && !(has('group') && has('topic')))
    usage('Option [delete-offsets] takes the following options: [group], [topic]')
  if (has('reset-offsets')) {
    if (has('dry-run') && has('execute')) usage('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
    if (!has('dry-run') && !has('execute')) usage('Option [reset-offsets] takes the option: [execute] or [dry-run]')
    if (!has('group')) usage('Option [reset-offsets] takes the option: [group]')
    if (!has('topic') && !has('all-topics'))
      usage('Option [reset-offsets] takes one of these options: [all-topics], [topic]')
    if (['to-earliest', 'to-latest', 'to-datetime'].filter(has).length !== 1)
      usage('Option [reset-offsets] takes one of these options: [to-datetime], [to-earliest], [to-latest]')
  }
}

function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `'${name}'`).join(', ')
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const text = given.value('state') ?? ''
  const wanted = text
    .split(',')
    .map((state) => state.trim())
    .filter((state) => state !== '')
  const known = wanted.map((state) => states.find((each) => each.toLowerCase() === state.toLowerCase()))
  if (known.includes(undefined))
    throw new ToolError('USAGE', `Invalid state list '${text}'. Valid states are: ${states.join(', ')}`)
  const listed = await admin.listGroups({ types: ['Share'], states: known.filter((state) => state !== undefined) })
  if (!given.has('state')) return tool.print(...listed.map(({ groupId }) => groupId))
  const rows = listed.map(({ groupId, state }) => [groupId, state])
  await tool.print(...columnsTable(['GROUP', 'STATE'], rows, [15]))
}

async function groupIdsOf(admin: Admin, given: ToolArguments): Promise<string[]> {
  if (!given.has('all-groups')) return [...new Set(given.values('group'))].sort()
  return (await admin.listGroups({ types: ['Share'] })).map(({ groupId }) => groupId).sort()
}

async function describe(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const ids = await groupIdsOf(admin, given)
  const described = await admin.describeShareGroups(ids)
  for (const id of ids) {
    const group = described.get(id)
    if (group === undefined) continue
    if (given.has('members')) await printMembers(group, given.has('verbose'), tool)
    else if (given.has('state')) await printState(admin, group, given.has('verbose'), tool)
    else await printOffsets(admin, id, given.has('verbose'), tool)
  }
}

/** False where there is nothing more to say. */
async function sayIfEmpty({ groupId, state }: DescribedGroup, tool: ToolRun): Promise<boolean> {
  if (state === 'Dead') await tool.print('', `Error: Share group '${groupId}' does not exist.`)
  else if (state === 'Empty') tool.printError(`\nShare group '${groupId}' has no active members.`)
  return state !== 'Dead'
}

async function printMembers(group: DescribedGroup, isVerbose: boolean, tool: ToolRun): Promise<void> {
  if (!(await sayIfEmpty(group, tool)) || group.members.length === 0) return
  const header = [
    'GROUP',
    'CONSUMER-ID',
    'HOST',
    'CLIENT-ID',
    '#PARTITIONS',
    ...(isVerbose ? ['MEMBER-EPOCH'] : []),
    'ASSIGNMENT',
  ]
  const rows = group.members
    .toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))
    .map((member) => [
      group.groupId,
      member.memberId,
      member.host,
      member.clientId,
      member.assignment.length,
      ...(isVerbose ? [member.memberEpoch ?? missing] : []),
      assignmentText(member.assignment),
    ])
  await tool.print('', ...columnsTable(header, rows, [15, 15, 15, 15, 12, ...(isVerbose ? [13] : [])]))
}

function assignmentText(assignment: readonly PartitionRef[]): string {
  const topics = [...Map.groupBy(assignment.toSorted(comparePartitions), ({ topic }) => topic)]
  return topics.map(([topic, refs]) => `${topic}:${refs.map(({ partition }) => partition).join(',')}`).join(';')
}

async function printState(admin: Admin, group: DescribedGroup, isVerbose: boolean, tool: ToolRun): Promise<void> {
  await sayIfEmpty(group, tool)
  const { brokers } = await admin.describeCluster()
  const broker = brokers.find(({ id }) => id === group.coordinatorId)
  const coordinator = `${broker?.host}:${broker?.port}  (${group.coordinatorId})`
  const header = [
    'GROUP',
    'COORDINATOR (ID)',
    'STATE',
    ...(isVerbose ? ['GROUP-EPOCH', 'ASSIGNMENT-EPOCH'] : []),
    '#MEMBERS',
  ]
  const epochs = isVerbose ? [group.groupEpoch ?? missing, group.assignmentEpoch ?? missing] : []
  const row = [group.groupId, coordinator, group.state, ...epochs, group.members.length]
  await tool.print('', ...columnsTable(header, [row], [15, 25, 15, ...(isVerbose ? [12, 17] : [])]))
}

async function printOffsets(admin: Admin, groupId: string, isVerbose: boolean, tool: ToolRun): Promise<void> {
  const offsets = (await admin.listShareGroupOffsets([groupId])).get(groupId) ?? []
  if (offsets.length === 0) return tool.print('', `Share group '${groupId}' has no offset information.`)
  const header = ['GROUP', 'TOPIC', 'PARTITION', ...(isVerbose ? ['LEADER-EPOCH'] : []), 'START-OFFSET', 'LAG']
  const rows = offsets
    .toSorted(comparePartitions)
    .map(({ topic, partition, startOffset, leaderEpoch, lag }) => [
      groupId,
      topic,
      partition,
      ...(isVerbose ? [startOffset < 0 ? missing : leaderEpoch] : []),
      startOffset < 0 ? missing : startOffset,
      lag ?? missing,
    ])
  await tool.print('', ...columnsTable(header, rows, [15, 15, 10, ...(isVerbose ? [13] : []), 13]))
}

async function remove(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const listed = await admin.listGroups({ types: ['Share'] })
  const failures = new Map<string, string>()
  const wanted: string[] = []
  for (const id of await groupIdsOf(admin, given)) {
    const group = listed.find(({ groupId }) => groupId === id)
    if (group === undefined) failures.set(id, `java.lang.IllegalArgumentException: Group '${id}' is not a share group.`)
    else if (group.state === 'Empty') wanted.push(id)
    else failures.set(id, `org.apache.kafka.common.errors.GroupNotEmptyException: Share group '${id}' is not EMPTY.`)
  }
  let deleted: readonly string[] = wanted
  if (wanted.length > 0) {
    try {
      await admin.deleteShareGroups(wanted)
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      for (const [id, failure] of error.errors) failures.set(id, javaError(failure))
      deleted = wanted.filter((id) => !error.errors.has(id))
    }
  }
  if (failures.size === 0) return tool.print(`Deletion of requested share groups (${quoted(deleted)}) was successful.`)
  await tool.print('', 'Error: Deletion of some share groups failed:')
  for (const [id, failure] of failures) await tool.print(`* Group '${id}' could not be deleted due to: ${failure}`)
  if (deleted.length > 0) await tool.print('', `These share groups were deleted successfully: ${quoted(deleted)}`)
}

async function deleteOffsets(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const topics = [...new Set(given.values('topic'))].sort()
  const errors = await admin.deleteShareGroupOffsets(given.value('group') ?? '', topics).then(
    () => new Map<string, Error>(),
    async (error: unknown) => {
      if (error instanceof BatchError) {
        const ofGroup = [...error.errors.values()].find(({ code }) => groupErrors.has(code))
        if (ofGroup !== undefined) await tool.print('', `Error: ${ofGroup.message}`)
        return error.errors
      }
      if (!(error instanceof Error)) throw error
      const failure = error
      await tool.print('', `Error: ${failure.message}`)
      return new Map(topics.map((topic) => [topic, failure]))
    },
  )
  const rows = topics.map((topic) => [topic, errors.has(topic) ? `Error: ${errors.get(topic)?.message}` : 'Successful'])
  await tool.print('', ...columnsTable(['TOPIC', 'STATUS'], rows, [15]))
}

async function reset(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const groupId = given.value('group') ?? ''
  const state = await admin.describeShareGroups([groupId]).then(
    (groups) => groups.get(groupId)?.state,
    (error: unknown) => {
      if (error instanceof BatchError && error.errors.get(groupId)?.code === 'GROUP_ID_NOT_FOUND') return 'Dead'
      throw error
    },
  )
  if (state !== 'Empty' && state !== 'Dead') throw new ToolError('REFUSED', `Share group '${groupId}' is not empty.`)
  const partitions: PartitionRef[] = given.has('topic')
    ? await findPartitions(admin, given.values('topic'))
    : ((await admin.listShareGroupOffsets([groupId])).get(groupId) ?? [])
  const spec = specOf(given)
  const ask = (wanted: OffsetSpec) =>
    admin.listOffsets(partitions.map(({ topic, partition }) => ({ topic, partition, spec: wanted })))
  const [found, ends] = await Promise.all([ask(spec), ask('latest')])
  const offsets = found.map(({ topic, partition, offset }, index) => {
    return { topic, partition, startOffset: offset < 0 ? (ends[index]?.offset ?? 0) : offset }
  })
  if (given.has('execute')) await admin.alterShareGroupOffsets(groupId, offsets)
  if (offsets.length === 0) return
  await tool.print('', columnsLine(['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], [30, 30, 10]))
  for (const { topic, partition, startOffset } of offsets.toSorted(comparePartitions))
    await tool.print(columnsLine([groupId, topic, partition, startOffset], [30, 30, 10]))
}

function specOf(given: ToolArguments): OffsetSpec {
  const time = given.value('to-datetime')
  if (time === undefined) return given.has('to-earliest') ? 'earliest' : 'latest'
  return { timestampMs: datetimeMs(time) }
}
