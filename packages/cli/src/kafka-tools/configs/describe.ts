import type { Admin, ConfigEntry, ConfigResource, ConfigSource, QuotaEntry } from '@odradek/client'
import { BatchError } from '@odradek/client'
import { javaDouble, javaError } from '../java-error.ts'
import type { ToolRun } from '../kafka-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { ConfigTarget, EntityType } from './entity.ts'

const resourceTypes: Readonly<Partial<Record<EntityType, ConfigResource['type']>>> = {
  topics: 'TOPIC',
  brokers: 'BROKER',
  'broker-loggers': 'BROKER_LOGGER',
  'client-metrics': 'CLIENT_METRICS',
  groups: 'GROUP',
}
const quotaTypes: Readonly<Partial<Record<EntityType, string>>> = { users: 'user', clients: 'client-id', ips: 'ip' }

/** `--describe` */
export async function describeConfigs(
  admin: Admin,
  target: ConfigTarget,
  isAll: boolean,
  tool: ToolRun,
): Promise<void> {
  const [type = 'topics'] = target.types
  if (resourceTypes[type] !== undefined) return describeResources(admin, type, target.names[0], isAll, tool)
  await describeQuotas(admin, target, tool)
  if (target.types.includes('users') && target.types.length === 1 && !target.names.includes(''))
    await describeScram(admin, target.names, tool)
}

async function describeResources(
  admin: Admin,
  type: EntityType,
  name: string | undefined,
  isAll: boolean,
  tool: ToolRun,
): Promise<void> {
  for (const entity of name === undefined ? await allEntities(admin, type) : [name]) {
    const noun = type.slice(0, -1)
    await tool.print(
      entity === ''
        ? `Default configs for ${type} in the cluster are:`
        : `${isAll ? 'All' : 'Dynamic'} configs for ${noun} ${entity} are:`,
    )
    const entries = await resourceEntries(admin, type, entity, { isAll, includeSynonyms: true })
    await tool.print(...entries.map(entryLine))
  }
}

function entryLine({ name, value, isSensitive, synonyms }: ConfigEntry): string {
  const texts = synonyms.map((synonym) => `${synonym.source}:${synonym.name}=${synonym.value}`)
  return `  ${name}=${value} sensitive=${isSensitive} synonyms={${texts.join(', ')}}`
}

async function allEntities(admin: Admin, type: EntityType): Promise<string[]> {
  if (type === 'topics') return (await admin.listTopics({ listInternal: true })).map(({ name }) => name)
  if (type === 'client-metrics') return (await admin.listClientMetricsResources()).map(({ name }) => name)
  if (type === 'groups') {
    const [groups, configured] = await Promise.all([
      admin.listGroups(),
      admin.listConfigResources(['GROUP']).catch(() => []),
    ])
    return [...new Set([...groups.map(({ groupId }) => groupId), ...configured.map(({ name }) => name)])]
  }
  return [...(await admin.describeCluster()).brokers.map(({ id }) => String(id)), '']
}

function sourceOf(type: EntityType, name: string): ConfigSource | undefined {
  if (type === 'topics') return 'DYNAMIC_TOPIC_CONFIG'
  if (type === 'brokers') return name === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : 'DYNAMIC_BROKER_CONFIG'
  if (type === 'client-metrics') return 'DYNAMIC_CLIENT_METRICS_CONFIG'
  return type === 'groups' ? 'DYNAMIC_GROUP_CONFIG' : undefined
}

export function resourceOf(type: EntityType, name: string): ConfigResource {
  return { type: resourceTypes[type] ?? 'TOPIC', name }
}

/** What is set for a topic, broker, …, by name; with `isAll` everything. */
export async function resourceEntries(
  admin: Admin,
  type: EntityType,
  name: string,
  { isAll, includeSynonyms }: { readonly isAll: boolean; readonly includeSynonyms: boolean },
): Promise<ConfigEntry[]> {
  const [described] = await admin.describeConfigs([resourceOf(type, name)], { includeSynonyms })
  const source = isAll ? undefined : sourceOf(type, name)
  return (described?.entries ?? [])
    .filter((entry) => source === undefined || entry.source === source)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Quotas of entities that have exactly these parts. */
export async function quotasOf(admin: Admin, { types, names }: ConfigTarget): Promise<QuotaEntry[]> {
  if (names.length > types.length) throw new ToolError('REFUSED', 'More entity names specified than entity types')
  const filters = types.map((type, index) => {
    const name = names[index]
    const match = name === undefined ? ('any' as const) : name === '' ? ('default' as const) : { name }
    return { entityType: quotaTypes[type] ?? type, match }
  })
  return admin.describeClientQuotas(filters, { strict: true })
}

const titles = [
  ['user', 'user-principal'],
  ['client-id', 'client-id'],
  ['ip', 'ip'],
] as const

async function describeQuotas(admin: Admin, target: ConfigTarget, tool: ToolRun): Promise<void> {
  for (const { entity, quotas } of await quotasOf(admin, target)) {
    const parts = titles
      .filter(([part]) => Object.hasOwn(entity, part))
      .map(([part, title]) => (entity[part] === null ? `the default ${title}` : `${title} '${entity[part]}'`))
    const values = Object.entries(quotas).map(([key, value]) => `${key}=${javaDouble(value)}`)
    await tool.print(`Quota configs for ${parts.join(', ')} are ${values.join(', ')}`)
  }
}

/** Users without credentials: those that are asked for by name are said to have none. */
async function describeScram(admin: Admin, names: readonly string[], tool: ToolRun): Promise<void> {
  const [known, failed] = await admin.describeUserScramCredentials(names.length === 0 ? null : names).then(
    (found) => [found, undefined] as const,
    (error: unknown) => {
      if (!(error instanceof BatchError)) throw error
      return [
        error.results as ReadonlyMap<string, readonly { mechanism: string; iterations: number }[]>,
        error,
      ] as const
    },
  )
  for (const [user, credentials] of known) {
    const texts = credentials.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`)
    await tool.print(`SCRAM credential configs for user-principal '${user}' are ${texts.join(', ')}`)
  }
  for (const [user, error] of failed?.errors ?? []) {
    if (error.code === 'RESOURCE_NOT_FOUND') continue
    const said = javaError(error).replace(/^org\.apache\.kafka\.common\.errors\./, '')
    await tool.print(`Error retrieving SCRAM credential configs for user-principal '${user}': ${said}`)
  }
}
