import type { Admin, AlterConfigOp } from '@odradek/client'
import type { ToolRun } from '../kafka-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { ToolArguments } from '../tool-options.ts'
import { ensureSet, parseChanges } from './changes.ts'
import type { ConfigChanges } from './changes.ts'
import { quotasOf, resourceEntries, resourceOf } from './describe.ts'
import type { ConfigTarget } from './entity.ts'
import { isScram, parseScram } from './scram.ts'

const quotaKeys = ['producer_byte_rate', 'consumer_byte_rate', 'request_percentage', 'controller_mutation_rate']

/** `--alter` */
export async function alterConfigs(
  admin: Admin,
  target: ConfigTarget,
  given: ToolArguments,
  tool: ToolRun,
): Promise<void> {
  const [type = 'topics'] = target.types
  const [name = ''] = target.names
  const changes = await parseChanges(given, tool)
  if (type === 'users' || type === 'clients') await alterUserOrClient(admin, target, changes)
  else if (type === 'ips') {
    const unknown = [...changes.added.keys(), ...changes.deleted].filter((key) => key !== 'connection_creation_rate')
    if (unknown.length > 0) {
      throw new ToolError(
        'REFUSED',
        `Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: ${unknown.join(',')}`,
      )
    }
    await alterQuotas(admin, target, changes)
  } else await alterResource(admin, target, changes)
  await tool.print(
    name === ''
      ? `Completed updating default config for ${type} in the cluster.`
      : `Completed updating config for ${type.slice(0, -1)} ${name}.`,
  )
}

async function alterResource(
  admin: Admin,
  { types, names }: ConfigTarget,
  { added, deleted }: ConfigChanges,
): Promise<void> {
  const [type = 'topics'] = types
  const [name = ''] = names
  const entries = await resourceEntries(admin, type, name, { isAll: false, includeSynonyms: false })
  const isSet = (key: string): boolean => entries.some((entry) => entry.name === key)
  if (type === 'broker-loggers') {
    const unknown = [...deleted, ...added.keys()].filter((key) => !isSet(key))
    if (unknown.length > 0) throw new ToolError('REFUSED', `Invalid broker logger(s): ${unknown.join(',')}`)
  } else ensureSet(deleted, isSet)
  const operations: AlterConfigOp[] = [
    ...[...added].map(([key, value]) => ({ name: key, operation: 'SET' as const, value })),
    ...deleted.map((key) => ({ name: key, operation: 'DELETE' as const, value: '' })),
  ]
  await admin.incrementalAlterConfigs([{ ...resourceOf(type, name), operations }])
}

async function alterUserOrClient(admin: Admin, target: ConfigTarget, { added, deleted }: ConfigChanges): Promise<void> {
  const { types, names } = target
  const isQuota = (key: string): boolean => quotaKeys.includes(key)
  const refuse = (sentence: string, keys: readonly string[]): never => {
    throw new ToolError(
      'REFUSED',
      `${sentence} using --bootstrap-server. Unexpected config names: Set(${keys.join(', ')})`,
    )
  }
  const isForClients = types[0] === 'clients' || types.length === 2
  const isKnown = (key: string): boolean => isQuota(key) || (!isForClients && isScram(key))
  const kinds = isForClients ? 'quota configs can be' : 'quota and SCRAM credential configs can be'
  const unknown = [...added.keys()].filter((key) => !isKnown(key))
  const unknownDeleted = deleted.filter((key) => !isKnown(key))
  const noun = isForClients ? 'clients' : 'users'
  if (unknown.length > 0) refuse(`Only ${kinds} added for '${noun}'`, unknown)
  if (unknownDeleted.length > 0) refuse(`Only ${kinds} deleted for '${noun}'`, unknownDeleted)
  const keys = [...added.keys(), ...deleted]
  if (!keys.some(isScram)) return alterQuotas(admin, target, { added, deleted })
  if (names.includes('')) {
    throw new ToolError(
      'REFUSED',
      'The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.',
    )
  }
  if (keys.some(isQuota)) {
    throw new ToolError(
      'REFUSED',
      "Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.",
    )
  }
  const [user = ''] = names
  await admin.alterUserScramCredentials({
    upsertions: [...added].map(([mechanism, text]) => ({ user, ...parseScram(mechanism, text) })),
    deletions: deleted.filter(isScram).map((mechanism) => ({ user, mechanism })),
  })
}

async function alterQuotas(admin: Admin, target: ConfigTarget, { added, deleted }: ConfigChanges): Promise<void> {
  const [before] = await quotasOf(admin, target)
  ensureSet(deleted, (key) => before !== undefined && Object.hasOwn(before.quotas, key))
  const parts = { users: 'user', clients: 'client-id', ips: 'ip' } as Readonly<Record<string, string>>
  const entity = target.types.map((type, index) => [parts[type] ?? type, target.names[index] || null] as const)
  const set = [...added].map(([key, text]) => [key, quotaValue(key, text)] as const)
  await admin.alterClientQuotas([
    {
      entity: Object.fromEntries(entity),
      quotas: Object.fromEntries([...set, ...deleted.map((key) => [key, null] as const)]),
    },
  ])
}

function quotaValue(key: string, text: string): number {
  const value = Number(text)
  if (text !== '' && !Number.isNaN(value)) return value
  throw new ToolError('REFUSED', `Cannot parse quota configuration value for ${key}: ${text}`)
}
