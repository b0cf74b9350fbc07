import { BatchError } from '@odradek/client'
import type { Admin } from '@odradek/client'
import { CliError } from '../cli-error.ts'
import { describeGroups } from './consumer-groups/describe.ts'
import { deleteOffsets } from './consumer-groups/delete-offsets.ts'
import { resetOffsets } from './consumer-groups/reset-offsets.ts'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { columnsTable } from './print-columns.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets'] as const
const states = ['PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead', 'Empty', 'Assigning', 'Reconciling']

/** kafka-consumer-groups */
export const kafkaConsumerGroups: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'list', description: 'list the groups of consumers' },
    { name: 'describe', description: 'offsets and lag of groups, or --members, or --state' },
    { name: 'delete', description: 'delete groups without members' },
    {
      name: 'reset-offsets',
      description: 'set the offsets of groups without members; only shows them without --execute',
    },
    { name: 'delete-offsets', description: 'forget offsets of a group in topics' },
    { name: 'group', value: 'id', description: 'a group, as often as wanted' },
    { name: 'all-groups', description: 'all groups' },
    { name: 'topic', value: 'topic[:0,1]', description: 'a topic, or some of its partitions, as often as wanted' },
    { name: 'all-topics', description: 'all topics that the group has offsets in' },
    { name: 'members', description: 'describe members' },
    { name: 'offsets', description: 'describe offsets, which is what happens without it' },
    { name: 'state', optionalValue: 'states', description: 'list or describe states; to list, only these' },
    { name: 'type', optionalValue: 'types', description: 'list types; only these' },
    { name: 'verbose', description: 'more columns' },
    { name: 'timeout', value: 'ms', description: 'taken, and not needed' },
    { name: 'to-earliest', description: 'reset to the first record' },
    { name: 'to-latest', description: 'reset to the end' },
    { name: 'to-current', description: 'reset to where it is' },
    { name: 'to-offset', value: 'offset', description: 'reset to an offset' },
    { name: 'shift-by', value: 'number', description: 'reset so many records forward, or back' },
    {
      name: 'to-datetime',
      value: 'YYYY-MM-DDTHH:mm:SS.sss',
      description: 'reset to the first record at or after a time',
    },
    { name: 'by-duration', value: 'PnDTnHnMnS', description: 'reset to so long ago' },
    { name: 'from-file', value: 'csv', description: 'reset to what a file says, as --export prints it' },
    { name: 'export', description: 'print what would be as CSV' },
    { name: 'dry-run', description: 'only show what would be' },
    { name: 'execute', description: 'do it' },
  ],
  async run(given, tool) {
    const asked = actions.filter((action) => given.has(action))
    if (asked.length !== 1) {
      tool.printError(`Command must include exactly one action: ${actions.map((action) => `--${action}`).join(', ')}.`)
      return 1
    }
    return tool.admin((admin) => {
      if (given.has('list')) return list(admin, given, tool)
      if (given.has('describe')) return describeGroups(admin, given, tool)
      if (given.has('delete')) return remove(admin, given, tool)
      return given.has('reset-offsets') ? resetOffsets(admin, given, tool) : deleteOffsets(admin, given, tool)
    })
  },
  async failed(error, tool) {
    await tool.print('', `Error: Executing consumer group command failed due to ${javaError(error)}`)
    return 0
  },
}

async function list(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<number> {
  const wanted = (given.value('state') ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  const unknown = wanted.filter((text) => !states.some((state) => state.toLowerCase() === text.toLowerCase()))
  if (unknown.length > 0) {
    tool.printError(`Invalid state list '${given.value('state')}'. Valid states are: ${states.join(', ')}`)
    return 1
  }
  const types = (given.value('type') ?? '')
    .toLowerCase()
    .split(',')
    .filter((text) => text !== '')
  const listed = (await admin.listGroups({ protocols: ['consumer', ''], states: wanted })).filter(
    ({ type }) => types.length === 0 || types.includes(type.toLowerCase()),
  )
  if (!given.has('state') && !given.has('type')) {
    await tool.print(...listed.map(({ groupId }) => groupId))
    return 0
  }
  const header = ['GROUP', ...(given.has('type') ? ['TYPE'] : []), ...(given.has('state') ? ['STATE'] : [])]
  const rows = listed.map(({ groupId, type, state }) => [
    groupId,
    ...(given.has('type') ? [type] : []),
    ...(given.has('state') ? [state] : []),
  ])
  await tool.print(...columnsTable(header, rows, [25, 20]))
  return 0
}

async function remove(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<number> {
  const groups = given.has('all-groups')
    ? (await admin.listConsumerGroups()).map(({ groupId }) => groupId)
    : [...new Set(given.values('group'))]
  if (groups.length === 0)
    throw new CliError('INVALID_OPTION', 'Option [delete] takes one of these options: [all-groups], [group]')
  const quoted = (names: Iterable<string>): string => [...names].map((name) => `'${name}'`).join(', ')
  try {
    await admin.deleteConsumerGroups(groups)
    await tool.print(`Deletion of requested consumer groups (${quoted(groups)}) was successful.`)
  } catch (error) {
    if (!(error instanceof BatchError)) throw error
    await tool.print('', 'Error: Deletion of some consumer groups failed:')
    for (const [group, failure] of error.errors)
      await tool.print(`* Group '${group}' could not be deleted due to: ${javaError(failure)}`)
    if (error.results.size > 0)
      await tool.print('', `These consumer groups were deleted successfully: ${quoted(error.results.keys())}`)
  }
  return 0
}
