import type { Admin, AlterConfigOp, ConfigEntry } from '@odradek/client'
import { randomUuid } from './random-uuid.ts'
import { commandConfig } from './kafka-tool.ts'
import type { KafkaTool, ToolRun } from './kafka-tool.ts'
import { refuseTogether, ToolError } from './tool-error.ts'
import type { ToolArguments } from './tool-options.ts'

const actions = ['alter', 'delete', 'describe', 'list']

/** kafka-client-metrics */
export const kafkaClientMetrics: KafkaTool = {
  options: [
    { name: 'bootstrap-server', value: 'host:port,...', description: 'brokers of the cluster' },
    commandConfig,
    { name: 'alter', description: 'make or change a subscription to metrics of clients' },
    { name: 'delete', description: 'remove one' },
    { name: 'describe', description: 'print what they say' },
    { name: 'list', description: 'print their names' },
    { name: 'name', value: 'name', description: 'which one' },
    { name: 'generate-name', description: 'make up a name' },
    { name: 'interval', value: 'ms', description: 'how often clients push; empty for the default' },
    {
      name: 'match',
      value: 'k1=v1,k2=v2',
      description:
        'which clients: client_id, client_instance_id, client_software_name, client_software_version, client_source_address, client_source_port',
    },
    { name: 'metrics', value: 'm1,m2', description: 'which metrics, by the beginnings of their names' },
  ],
  async run(given, tool) {
    checkArguments(given)
    await tool.admin((admin) => {
      if (given.has('alter')) return alter(admin, given, tool)
      if (given.has('delete')) return remove(admin, given.value('name') ?? '', tool)
      return given.has('list') ? list(admin, tool) : describe(admin, given.value('name'), tool)
    })
    return 0
  },
  async failed(error, tool) {
    await tool.print(`Error while executing client metrics command : ${error.message}`)
    return 1
  },
}

function checkArguments(given: ToolArguments): void {
  const has = (name: string): boolean => given.has(name)
  const refuse = (message: string): never => {
    throw new ToolError('REFUSED', message)
  }
  if (actions.filter(has).length !== 1)
    throw new ToolError('USAGE', 'Command must include exactly one action: --alter, --delete, --describe or --list.')
  if (!has('bootstrap-server')) refuse('--bootstrap-server must be specified.')
  const changes = ['generate-name', 'interval', 'match', 'metrics']
  refuseTogether(has, 'delete', changes)
  refuseTogether(has, 'describe', changes)
  refuseTogether(has, 'list', ['name', ...changes])
  if (has('alter')) {
    if (has('name') === has('generate-name')) refuse('One of --name or --generate-name must be specified with --alter.')
    if (!/^([+-]?\d{1,10})?$/.test(given.value('interval') ?? ''))
      refuse('Invalid interval value. Enter an integer, or leave empty to reset.')
  }
  if (has('delete') && !has('name')) refuse('A client metrics resource name must be specified with --delete.')
}

async function alter(admin: Admin, given: ToolArguments, tool: ToolRun): Promise<void> {
  const name = given.value('name') ?? randomUuid(await tool.env())
  const values = [
    ['interval.ms', given.value('interval')],
    ['metrics', given.has('metrics') ? given.values('metrics').join(',') : undefined],
    ['match', given.has('match') ? given.values('match').join(',') : undefined],
  ] as const
  const operations = values.flatMap(([key, value]): AlterConfigOp[] => {
    if (value === undefined) return []
    return [value === '' ? { name: key, operation: 'DELETE', value } : { name: key, operation: 'SET', value }]
  })
  await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, operations }])
  await tool.print(`Altered client metrics config for ${name}.`)
}

async function configOf(admin: Admin, name: string): Promise<readonly ConfigEntry[]> {
  const [described] = await admin.describeConfigs([{ type: 'CLIENT_METRICS', name }])
  return described?.entries ?? []
}

async function remove(admin: Admin, name: string, tool: ToolRun): Promise<void> {
  const operations = (await configOf(admin, name)).map((entry) => ({
    name: entry.name,
    operation: 'DELETE' as const,
    value: entry.value,
  }))
  await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, operations }])
  await tool.print(`Deleted client metrics config for ${name}.`)
}

async function describe(admin: Admin, name: string | undefined, tool: ToolRun): Promise<void> {
  const names = name === undefined ? (await admin.listClientMetricsResources()).map((each) => each.name) : [name]
  for (const each of names) {
    await tool.print(`Client metrics configs for ${each} are:`)
    await tool.print(...(await configOf(admin, each)).map((entry) => `  ${entry.name}=${entry.value}`))
  }
}

async function list(admin: Admin, tool: ToolRun): Promise<void> {
  const names = (await admin.listClientMetricsResources()).map(({ name }) => name)
  await tool.print(names.join('\n'))
}
