import { BatchError } from '@odradek/client'
import type { Admin, DescribedGroup, DescribedMember } from '@odradek/client'
import { describeLag } from '../../commands/group/lag.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { columnsTable } from '../print-columns.ts'
import type { ToolArguments } from '../tool-options.ts'
import { groupsOf } from './groups-of.ts'

/** `--describe`, with `--offsets`, `--members` or `--state`. */
export async function describeGroups(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<number> {
  for (const group of (await groupsOf(admin, given)).sort()) {
    const described = await describedGroup(admin, group)
    if (described === undefined) {
      await tool.print('', `Error: Consumer group '${group}' does not exist.`)
      if (given.has('members')) await tool.print('', ...memberLines(group, [], given.has('verbose')))
      continue
    }
    if (described.members.length === 0) tool.printError(`\nConsumer group '${group}' has no active members.`)
    if (given.has('members')) await tool.print('', ...memberLines(group, described.members, given.has('verbose')))
    else if (given.has('state')) await tool.print('', ...(await stateLines(admin, described)))
    else await printOffsets(admin, described, tool)
  }
  return 0
}

/** Undefined for a group that does not exist. */
async function describedGroup(admin: Admin, group: string): Promise<DescribedGroup | undefined> {
  try {
    const found = (await admin.describeConsumerGroups([group])).get(group)
    return found === undefined || found.state === 'Dead' ? undefined : found
  } catch (error) {
    if (error instanceof BatchError && error.errors.get(group)?.code === 'GROUP_ID_NOT_FOUND') return undefined
    throw error
  }
}

async function printOffsets(admin: Admin, { groupId, members }: DescribedGroup, tool: ToolRun): Promise<void> {
  const rows = (await describeLag(admin, [groupId])).map((row) => {
    const owner = members.find(({ assignment }) =>
      assignment.some(({ topic, partition }) => topic === row['topic'] && partition === row['partition']),
    )
    const cells = [row['topic'], row['partition'], row['offset'], row['end'], row['lag']]
    const texts = cells.map((cell) => (cell === null || cell === undefined ? '-' : String(cell as string | number)))
    return [groupId, ...texts, owner?.memberId ?? '-', owner?.host ?? '-', owner?.clientId ?? '-']
  })
  if (rows.length === 0) return
  const header = [
    'GROUP',
    'TOPIC',
    'PARTITION',
    'CURRENT-OFFSET',
    'LOG-END-OFFSET',
    'LAG',
    'CONSUMER-ID',
    'HOST',
    'CLIENT-ID',
  ]
  await tool.print('', ...columnsTable(header, rows, [15, 15, 10, 15, 15, 15, 15, 15]))
}

function memberLines(group: string, members: readonly DescribedMember[], isVerbose: boolean): string[] {
  const hasStatic = members.some(({ groupInstanceId }) => groupInstanceId !== null)
  const header = [
    'GROUP',
    'CONSUMER-ID',
    ...(hasStatic ? ['GROUP-INSTANCE-ID'] : []),
    'HOST',
    'CLIENT-ID',
    '#PARTITIONS',
    ...(isVerbose ? ['ASSIGNMENT'] : []),
  ]
  const rows = members.map((member) => [
    group,
    member.memberId,
    ...(hasStatic ? [member.groupInstanceId ?? ''] : []),
    member.host,
    member.clientId,
    String(member.assignment.length),
    ...(isVerbose ? [assignmentText(member)] : []),
  ])
  return columnsTable(
    header,
    rows,
    header.slice(0, isVerbose ? -1 : undefined).map(() => 15),
  )
}

function assignmentText({ assignment }: DescribedMember): string {
  const topics = Map.groupBy(assignment, ({ topic }) => topic)
  const texts = [...topics].map(
    ([topic, refs]) =>
      `${topic}(${refs
        .map(({ partition }) => partition)
        .sort((a, b) => a - b)
        .join(',')})`,
  )
  return texts.length === 0 ? '-' : texts.join(', ')
}

async function stateLines(
  admin: Admin,
  { groupId, coordinatorId, assignor, state, members }: DescribedGroup,
): Promise<string[]> {
  const { brokers } = await admin.describeCluster()
  const broker = brokers.find(({ id }) => id === coordinatorId)
  const coordinator = `${broker?.host}:${broker?.port}  (${coordinatorId})`
  const header = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', '#MEMBERS']
  return columnsTable(header, [[groupId, coordinator, assignor, state, String(members.length)]], [25, 25, 20, 15])
}
