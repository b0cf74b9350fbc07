import type { ListedGroup } from '@odradek/client'
import { javaError } from './java-error.ts'
import { bootstrapServer, commandConfig } from './kafka-tool.ts'
import type { KafkaTool } from './kafka-tool.ts'
import { refuseTogether, ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const types: Readonly<Record<string, string>> = {
  classic: 'Classic',
  consumer: 'Consumer',
  share: 'Share',
  streams: 'Streams',
}
const leastWidth = 20

/** kafka-groups, of Kafka 4 */
export const kafkaGroups: KafkaTool = {
  options: [
    bootstrapServer,
    commandConfig,
    { name: 'list', description: 'list groups of all types' },
    { name: 'group-type', value: 'type', description: 'only classic, consumer, share or streams groups' },
    { name: 'protocol', value: 'protocol', description: 'only groups of this protocol' },
    { name: 'consumer', description: 'only groups of consumers, of both protocols and without members' },
    { name: 'share', description: 'only share groups' },
    { name: 'streams', description: 'only streams groups' },
  ],
  async run(given, tool) {
    if (!given.has('list')) throw new ToolError('USAGE', 'Command must include exactly one action: --list.')
    const type = given.value('group-type')
    if (type !== undefined && !Object.hasOwn(types, type.toLowerCase()))
      throw new ToolError('REFUSED', '--group-type must be a valid group type.')
    const kinds = ['consumer', 'share', 'streams']
    for (const kind of kinds)
      refuseTogether((name) => given.has(name), kind, [
        'group-type',
        'protocol',
        ...kinds.filter((other) => other !== kind),
      ])
    const groups = (await tool.admin((admin) => admin.listGroups())).filter((group) => isWanted(group, given))
    const rows = groups.map((group) => [group.groupId, typeName(group), group.protocol])
    const width = rows.flat().reduce((most, text) => Math.max(most, text.length), leastWidth)
    const padded = (row: readonly string[]): string => row.map((text) => text.padEnd(width)).join(' ')
    await tool.print(padded(['GROUP', 'TYPE', 'PROTOCOL']), ...rows.map((row) => `${padded(row)} `))
    return 0
  },
  async failed(error, tool) {
    await tool.print(`Error while executing groups command : ${javaError(error).replace(/^[\w.]+Exception: /, '')}`)
    return 1
  },
}

function typeName({ type }: ListedGroup): string {
  return types[type.toLowerCase()] ?? ''
}

function isWanted(group: ListedGroup, given: ToolArguments): boolean {
  const [type, protocol] = [given.value('group-type')?.toLowerCase(), given.value('protocol')]
  const isOfType = (wanted: string): boolean => group.type.toLowerCase() === wanted
  if (type !== undefined) return isOfType(type) && (protocol === undefined || group.protocol === protocol)
  if (protocol !== undefined) return group.protocol === protocol
  if (given.has('consumer')) return ['consumer', ''].includes(group.protocol) || isOfType('consumer')
  if (given.has('share')) return isOfType('share')
  return !given.has('streams') || isOfType('streams')
}
