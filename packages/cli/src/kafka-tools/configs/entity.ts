import { ToolError, refuseTogether } from '../tool-error.ts'
import type { ToolArguments } from '../tool-options.ts'

const brokerTypes = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
  'broker-loggers',
  'client-metrics',
  'groups',
] as const
const zooKeeperTypes = ['users', 'brokers'] as const
export type EntityType = (typeof brokerTypes)[number]

/** What is described or altered: one type, or users and clients together. An empty name is the default; fewer names than types mean all. */
export interface ConfigTarget {
  readonly types: readonly EntityType[]
  readonly names: readonly string[]
}

const flags: readonly (readonly [option: string, type: EntityType])[] = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['broker-logger', 'broker-loggers'],
  ['ip', 'ips'],
  ['client-metrics', 'client-metrics'],
  ['group', 'groups'],
]
const defaultFlags: readonly (readonly [option: string, type: EntityType])[] = [
  ['client-defaults', 'clients'],
  ['user-defaults', 'users'],
  ['broker-defaults', 'brokers'],
  ['ip-defaults', 'ips'],
]

export function parseTarget(given: ToolArguments): ConfigTarget {
  const isGiven = ([option]: readonly [string, EntityType]): boolean => given.has(option)
  const names = given.values('entity-name')[Symbol.iterator]()
  const ordered = given.order.filter((option) => option === 'entity-name' || option === 'entity-default')
  return {
    types: [
      ...(given.values('entity-type') as EntityType[]),
      ...[...flags, ...defaultFlags].filter(isGiven).map(([, type]) => type),
    ],
    names: [
      ...ordered.map((option) => (option === 'entity-name' ? (names.next().value ?? '') : '')),
      ...flags.filter(isGiven).map(([option]) => given.value(option) ?? ''),
      ...defaultFlags.filter(isGiven).map(() => ''),
    ],
  }
}

function refuse(message: string): never {
  throw new ToolError('REFUSED', message)
}

/** Throws `ToolError` for what does not go together, in Kafka's words. */
export function checkArguments(given: ToolArguments): void {
  if (given.has('alter') === given.has('describe')) {
    throw new ToolError('USAGE', 'Command must include exactly one action: --describe, --alter')
  }
  refuseTogether((name) => given.has(name), 'describe', ['add-config', 'delete-config'])
  checkTarget(given, parseTarget(given))
  const connections = ['bootstrap-server', 'bootstrap-controller', 'zookeeper'].filter((name) => given.has(name))
  if (connections.length === 0)
    refuse('One of the required --bootstrap-server, --boostrap-controller, or --zookeeper arguments must be specified')
  if (connections.length > 1)
    refuse('Only one of --bootstrap-server, --boostrap-controller, and --zookeeper can be specified')
  if (given.has('bootstrap-controller'))
    refuse('--bootstrap-controller is not supported: name the brokers with --bootstrap-server')
  if (given.has('all') && given.has('zookeeper')) refuse('--bootstrap-server must be specified for --all')
  if (given.has('zk-tls-config-file') && !given.has('zookeeper'))
    refuse('Only the --zookeeper option can be used with the --zk-tls-config-file option.')
  checkNames(given, parseTarget(given))
  if (given.has('alter')) checkAlteration(given)
}

function checkTarget(given: ToolArguments, { types }: ConfigTarget): void {
  const twice = types.filter((type, index) => types.indexOf(type) !== index)
  if (twice.length > 0) refuse(`Duplicate entity type(s) specified: ${twice.join(',')}`)
  const isDirect = !given.has('bootstrap-server') && !given.has('bootstrap-controller')
  const allowed: readonly string[] = isDirect ? zooKeeperTypes : brokerTypes
  const connection = isDirect ? '--zookeeper' : '--bootstrap-server or --bootstrap-controller'
  const unknown = types.find((type) => !allowed.includes(type))
  if (unknown !== undefined) {
    refuse(
      `Invalid entity type ${unknown}, the entity type must be one of ${allowed.join(', ')} with a ${connection} argument`,
    )
  }
  if (types.length === 0) refuse('At least one entity type must be specified')
  if (types.length > 1 && types.some((type) => type !== 'users' && type !== 'clients'))
    refuse("Only 'users' and 'clients' entity types may be specified together")
  const isGeneral = ['entity-name', 'entity-type', 'entity-default'].some((name) => given.has(name))
  if (isGeneral && [...flags, ...defaultFlags].some(([option]) => given.has(option)))
    refuse('--entity-{type,name,default} should not be used in conjunction with specific entity flags')
}

function checkNames(given: ToolArguments, { types, names }: ConfigTarget): void {
  const [type = ''] = types
  const named = names.filter((name) => name !== '')
  if (type === 'brokers' || type === 'broker-loggers') {
    const wrong = named.find((name) => !/^-?\d+$/.test(name))
    if (wrong !== undefined)
      refuse(`The entity name for ${type} must be a valid integer broker id, but it is: ${wrong}`)
  }
  if (given.has('describe') && type === 'broker-loggers' && named.length === 0)
    refuse(`an entity name must be specified with --describe of ${types.join(',')}`)
}

function checkAlteration(given: ToolArguments): void {
  const { types, names } = parseTarget(given)
  if (types.some((type) => ['users', 'clients', 'brokers', 'ips'].includes(type))) {
    if (names.length === 0)
      refuse('an entity-name or default entity must be specified with --alter of users, clients, brokers or ips')
  } else if (!names.some((name) => name !== ''))
    refuse(`an entity name must be specified with --alter of ${types.join(',')}`)
  if (given.has('add-config') && given.has('add-config-file'))
    refuse('Only one of --add-config or --add-config-file must be specified')
  if (!['add-config', 'add-config-file', 'delete-config'].some((name) => given.has(name)))
    refuse('At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter')
  if (types.length !== names.length) refuse('An entity name must be specified for every entity type')
}
