import { BatchError } from '@odradek/client'
import type { Admin, DescribedStreamsGroup, PartitionRef, StreamsAssignment, StreamsTasks } from '@odradek/client'
import { executionError, javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { comparePartitions, partitionName } from './partition-name.ts'
import { columnsTable } from './print-columns.ts'
import { ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets']
const states = ['Empty', 'NotReady', 'Stable', 'Assigning', 'Reconciling', 'Dead']
const missing = '-'

/** kafka-streams-groups, of Kafka 4: lists, describes and deletes; offsets are those of any group. */
export const kafkaStreamsGroups: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'list', description: 'list streams groups' },
    { name: 'describe', description: 'how far behind groups are, or --members, or --state' },
    { name: 'delete', description: 'delete groups without members' },
    { name: 'reset-offsets', description: 'refused: odradek group reset does it' },
    { name: 'delete-offsets', description: 'refused: kafka-consumer-groups --delete-offsets does it' },
    { name: 'group', value: 'id', description: 'a group, as often as wanted' },
    { name: 'all-groups', description: 'all streams groups' },
    { name: 'members', description: 'describe members and their tasks' },
    { name: 'offsets', description: 'describe offsets, which is what happens without it' },
    { name: 'state', optionalValue: 'states', description: 'list or describe states; to list, only these' },
    { name: 'verbose', description: 'more columns' },
    { name: 'timeout', value: 'ms', description: 'taken, and not needed' },
  ],
  async run(given, tool) {
    if (actions.filter((action) => given.has(action)).length !== 1) {
      throw new ToolError(
        'USAGE',
        'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, or --delete-offsets.',
      )
    }
    if (given.has('reset-offsets') || given.has('delete-offsets')) {
      throw new ToolError(
        'REFUSED',
        'Offsets of a streams group are those of any group: use odradek group reset, or kafka-consumer-groups --delete-offsets; kafka-streams-application-reset also deletes internal topics.',
      )
    }
    if (!given.has('list') && !given.has('group') && !given.has('all-groups')) {
      const action = given.has('describe') ? 'describe' : 'delete'
      throw new ToolError('USAGE', `Option [${action}] takes one of these options: [all-groups], [group]`)
    }
    await tool.admin((admin) => {
      if (given.has('list')) return list(admin, given, tool)
      return given.has('describe') ? describe(admin, given, tool) : remove(admin, given, tool)
    })
    return 0
  },
  async failed(error, tool) {
    await tool.print('', `Error: Executing streams group command failed due to ${javaError(error)}`)
    tool.printError(executionError(error))
    return 0
  },
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const text = given.value('state') ?? ''
  const wanted = text
    .split(',')
    .map((state) => state.trim().toLowerCase())
    .filter((state) => state !== '')
  const known = wanted.map((state) => states.find((each) => each.toLowerCase() === state))
  if (known.includes(undefined))
    throw new ToolError('USAGE', `Invalid state list '${text}'. Valid states are: ${states.join(', ')}`)
  const listed = await admin.listGroups({ types: ['Streams'], states: known.filter((state) => state !== undefined) })
  if (!given.has('state')) return tool.print(...listed.map(({ groupId }) => groupId))
  const rows = listed.map(({ groupId, state }) => [groupId, state])
  await tool.print(...columnsTable(['GROUP', 'STATE'], rows, [15]))
}

async function groupIdsOf(admin: Admin, given: ToolArguments): Promise<string[]> {
  if (!given.has('all-groups')) return [...new Set(given.values('group'))]
  return (await admin.listGroups({ types: ['Streams'] })).map(({ groupId }) => groupId).sort()
}

async function describe(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const described = await admin.describeStreamsGroups(await groupIdsOf(admin, given))
  const isVerbose = given.has('verbose')
  for (const group of described.values()) {
    if (given.has('state')) {
      await sayIfEmpty(group, tool)
      await tool.print(...(await stateLines(admin, group, isVerbose)))
    } else if (group.state !== 'Dead' && group.members.length > 0) {
      await tool.print(
        ...(given.has('members') ? memberLines(group, isVerbose) : await offsetLines(admin, group, isVerbose)),
      )
    }
  }
}

async function sayIfEmpty({ groupId, state }: DescribedStreamsGroup, tool: ToolRun): Promise<void> {
  if (state === 'Dead') await tool.print('', `Error: Streams group '${groupId}' does not exist.`)
  else if (state === 'Empty') await tool.print('', `Error: Streams group '${groupId}' has no active members.`)
}

async function stateLines(admin: Admin, group: DescribedStreamsGroup, isVerbose: boolean): Promise<string[]> {
  const { groupId, coordinatorId, state, groupEpoch, targetAssignmentEpoch, members } = group
  const { brokers } = await admin.describeCluster()
  const broker = brokers.find(({ id }) => id === coordinatorId)
  const coordinator = `${broker?.host}:${broker?.port} (${coordinatorId})`
  if (!isVerbose) {
    const header = ['GROUP', 'COORDINATOR (ID)', 'STATE', '#MEMBERS']
    return columnsTable(header, [[groupId, coordinator, state, members.length]], [15, 25, 25])
  }
  const header = ['GROUP', 'COORDINATOR (ID)', 'STATE', 'GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH', '#MEMBERS']
  const row = [groupId, coordinator, state, groupEpoch, targetAssignmentEpoch, members.length]
  return columnsTable(header, [row], [15, 25, 25, 15, 25])
}

function memberLines(group: DescribedStreamsGroup, isVerbose: boolean): string[] {
  if (!isVerbose) {
    const rows = group.members.map(({ memberId, processId, clientId, assignment }) => {
      return [group.groupId, memberId, processId, clientId, tasksText(assignment, '')]
    })
    return columnsTable(['GROUP', 'MEMBER', 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS'], rows, [15, 15, 15, 15])
  }
  const header = [
    'GROUP',
    'TARGET-ASSIGNMENT-EPOCH',
    // Kafka's tool has no blank between these two.
    `${'TOPOLOGY-EPOCH'.padEnd(15)}MEMBER`,
    'MEMBER-PROTOCOL',
    'MEMBER-EPOCH',
    'PROCESS',
    'CLIENT-ID',
    'ASSIGNMENTS',
  ]
  const rows = group.members.map((member) => [
    group.groupId,
    group.targetAssignmentEpoch,
    `${String(group.topologyEpoch ?? missing).padEnd(15)}${member.memberId}`,
    member.isClassic ? 'classic' : 'streams',
    member.memberEpoch,
    member.processId,
    member.clientId,
    tasksText(member.assignment, '') + tasksText(member.targetAssignment, 'TARGET-'),
  ])
  return columnsTable(header, rows, [15, 25, 30, 15, 15, 15, 15])
}

function tasksText({ activeTasks, standbyTasks, warmupTasks }: StreamsAssignment, prefix: string): string {
  const ofKind = (kind: string, tasks: readonly StreamsTasks[]): string => {
    if (tasks.length === 0) return ''
    const texts = tasks.map(({ subtopologyId, partitions }) => `${subtopologyId}:[${partitions.join(',')}];`)
    return `${prefix}${kind}: ${texts.join('')} `
  }
  return ofKind('ACTIVE', activeTasks) + ofKind('STANDBY', standbyTasks) + ofKind('WARMUP', warmupTasks)
}

/** What the active tasks of members read. */
function readPartitions({ members, subtopologies }: DescribedStreamsGroup): PartitionRef[] {
  const found = new Map<string, PartitionRef>()
  for (const { subtopologyId, partitions } of members.flatMap(({ assignment }) => assignment.activeTasks)) {
    const part = subtopologies.find((each) => each.subtopologyId === subtopologyId)
    for (const topic of [...(part?.sourceTopics ?? []), ...(part?.repartitionSourceTopics ?? [])])
      for (const partition of partitions) found.set(partitionName({ topic, partition }), { topic, partition })
  }
  return [...found.values()].sort(comparePartitions)
}

async function offsetLines(admin: Admin, group: DescribedStreamsGroup, isVerbose: boolean): Promise<string[]> {
  const { groupId } = group
  const places = readPartitions(group)
  const [committed, earliest, latest] = await Promise.all([
    admin.listStreamsGroupOffsets({ [groupId]: places }),
    admin.listOffsets(places.map((place) => ({ ...place, spec: 'earliest' as const }))),
    admin.listOffsets(places.map((place) => ({ ...place, spec: 'latest' as const }))),
  ])
  const rows = places.map(({ topic, partition }, index) => {
    const own = committed.get(groupId)?.find((each) => each.topic === topic && each.partition === partition)
    const end = latest[index]?.offset ?? 0
    const lag = end - (own?.offset ?? earliest[index]?.offset ?? 0)
    if (!isVerbose) return [groupId, topic, partition, lag]
    return [groupId, topic, partition, own?.offset ?? missing, own?.leaderEpoch ?? missing, end, lag]
  })
  if (!isVerbose) return columnsTable(['GROUP', 'TOPIC', 'PARTITION', 'OFFSET-LAG'], rows, [15, 15, 10])
  const header = ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'LEADER-EPOCH', 'LOG-END-OFFSET', 'OFFSET-LAG']
  return columnsTable(header, rows, [15, 15, 10, 15, 15, 15, 15])
}

async function remove(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const listed = await admin.listGroups({ types: ['Streams'] })
  const failures = new Map<string, string>()
  const wanted: string[] = []
  for (const id of await groupIdsOf(admin, given)) {
    const group = listed.find(({ groupId }) => groupId === id)
    if (group === undefined) {
      const why = `Group '${id}' does not exist or is not a streams group.`
      failures.set(id, `java.lang.IllegalArgumentException: ${why}`)
    } else if (group.state === 'Empty') wanted.push(id)
    else failures.set(id, `org.apache.kafka.common.errors.GroupNotEmptyException: Streams group '${id}' is not EMPTY.`)
  }
  let deleted: readonly string[] = wanted
  if (wanted.length > 0) {
    try {
      await admin.deleteStreamsGroups(wanted)
    } catch (error) {
      if (!(error instanceof BatchError)) throw error
      for (const [id, failure] of error.errors) failures.set(id, javaError(failure))
      deleted = wanted.filter((id) => !error.errors.has(id))
    }
  }
  if (failures.size === 0)
    return tool.print(`Deletion of requested streams groups ('${deleted.join("', '")}') was successful.`)
  await tool.print('', 'Error: Deletion of some streams groups failed:')
  for (const [id, failure] of failures) await tool.print(`* Group '${id}' could not be deleted due to: ${failure}`)
  if (deleted.length > 0)
    await tool.print('', `These streams groups were deleted successfully: '${deleted.join("', '")}'.`)
}
