import type { AclBinding, AclFilter, AclOperation } from '@odradek/client'
import { ToolError } from '../tool-error.ts'
import type { ToolArguments } from '../tool-options.ts'

/** A resource, or several by a pattern, as a filter names it. */
export type ResourceFilter = Required<Pick<AclFilter, 'resourceType' | 'resourceName' | 'patternType'>>

/** Who may, or may not, do what from where. */
export type AclEntry = Pick<AclBinding, 'principal' | 'host' | 'operation' | 'permissionType'>

/** The rules for a resource; none of them where only the resource was named. */
export interface ResourceRules {
  readonly resource: ResourceFilter
  readonly entries: readonly AclEntry[]
}

const cluster: ResourceFilter = { resourceType: 'CLUSTER', resourceName: 'kafka-cluster', patternType: 'LITERAL' }

const supported: Readonly<Record<string, readonly AclOperation[]>> = {
  TOPIC: ['READ', 'WRITE', 'CREATE', 'DESCRIBE', 'DELETE', 'ALTER', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  GROUP: ['READ', 'DESCRIBE', 'DELETE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  CLUSTER: ['CREATE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS', 'IDEMPOTENT_WRITE', 'ALTER', 'DESCRIBE'],
  TRANSACTIONAL_ID: ['DESCRIBE', 'WRITE', 'TWO_PHASE_COMMIT'],
  DELEGATION_TOKEN: ['DESCRIBE'],
  USER: ['CREATE_TOKENS', 'DESCRIBE_TOKENS'],
}

export function resourceText({ resourceType, resourceName, patternType }: ResourceFilter): string {
  return `ResourcePattern(resourceType=${resourceType}, name=${resourceName}, patternType=${patternType})`
}

export function entryText({ principal, host, operation, permissionType }: AclEntry): string {
  return `(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permissionType})`
}

/** `AlterConfigs` for ALTER_CONFIGS. */
export function operationTitle(operation: string): string {
  return operation
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

function patternTypeOf(given: ToolArguments): ResourceFilter['patternType'] {
  const text = given.value('resource-pattern-type') ?? 'literal'
  const type = text.toUpperCase()
  if (type === 'ANY' || type === 'MATCH' || type === 'LITERAL' || type === 'PREFIXED') return type
  throw new ToolError('USAGE', `Cannot parse argument '${text}' of option resource-pattern-type`)
}

/** The resources that the options name. Throws `ToolError` where there has to be one and is none. */
export function resourcesOf(given: ToolArguments, isNeeded: boolean): ResourceFilter[] {
  const patternType = patternTypeOf(given)
  const named = (option: string, resourceType: ResourceFilter['resourceType']): ResourceFilter[] =>
    given.values(option).map((name) => ({ resourceType, resourceName: name.trim(), patternType }))
  const isCluster = patternType === 'LITERAL' && (given.has('cluster') || given.has('idempotent'))
  const resources = [
    ...named('topic', 'TOPIC'),
    ...(isCluster ? [cluster] : []),
    ...named('group', 'GROUP'),
    ...named('transactional-id', 'TRANSACTIONAL_ID'),
    ...named('delegation-token', 'DELEGATION_TOKEN'),
    ...named('user-principal', 'USER'),
  ]
  if (resources.length > 0 || !isNeeded) return resources
  throw new ToolError(
    'USAGE',
    'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
  )
}

/** What the options say, by resource: rules as given, or those that a producer or a consumer needs. Throws `ToolError`. */
export function rulesOf(given: ToolArguments): ResourceRules[] {
  const resources = resourcesOf(given, true)
  const rules = new Map<string, ResourceRules>()
  const add = (resource: ResourceFilter, operations: readonly AclOperation[]): void => {
    const key = resourceText(resource)
    const before = rules.get(key)?.entries ?? []
    const texts = new Set(before.map(entryText))
    const more = entriesFor(given, operations).filter((entry) => !texts.has(entryText(entry)))
    rules.set(key, { resource, entries: [...before, ...more] })
  }
  const ofType = (type: string): ResourceFilter[] => resources.filter(({ resourceType }) => resourceType === type)
  if (!given.has('producer') && !given.has('consumer')) {
    for (const resource of resources) add(resource, operationsOf(given))
  }
  if (given.has('producer')) {
    for (const topic of ofType('TOPIC')) add(topic, ['WRITE', 'DESCRIBE', 'CREATE'])
    for (const id of ofType('TRANSACTIONAL_ID')) add(id, ['WRITE', 'DESCRIBE'])
    if (given.has('idempotent')) add(cluster, ['IDEMPOTENT_WRITE'])
  }
  if (given.has('consumer')) {
    for (const topic of ofType('TOPIC')) add(topic, ['READ', 'DESCRIBE'])
    for (const group of ofType('GROUP')) add(group, ['READ'])
  }
  for (const { resource, entries } of rules.values()) ensureSupported(resource, entries)
  return [...rules.values()]
}

function operationsOf(given: ToolArguments): AclOperation[] {
  const texts = given.has('operation') ? given.values('operation') : ['All']
  const known = new Set(Object.values(supported).flat())
  return [...new Set(texts.map((text) => text.trim()))].map((text) => {
    const wanted = text.toUpperCase().replaceAll('_', '')
    if (wanted === 'ALL') return 'ALL'
    return [...known].find((operation) => operation.replaceAll('_', '') === wanted) ?? 'UNKNOWN'
  })
}

function ensureSupported({ resourceType }: ResourceFilter, entries: readonly AclEntry[]): void {
  const valid: readonly AclOperation[] = [...(supported[resourceType] ?? []), 'ALL']
  if (entries.every(({ operation }) => valid.includes(operation))) return
  const titles = valid.map(operationTitle).join(', ')
  throw new ToolError('USAGE', `ResourceType ${resourceType} only supports operations ${titles}`)
}

function entriesFor(given: ToolArguments, operations: readonly AclOperation[]): AclEntry[] {
  const kinds = [
    ['allow', 'ALLOW'],
    ['deny', 'DENY'],
  ] as const
  return kinds.flatMap(([kind, permissionType]) => {
    const principals = principalsOf(given, `${kind}-principal`)
    const hosts = given.has(`${kind}-host`) ? given.values(`${kind}-host`).map((host) => host.trim()) : ['*']
    return principals.flatMap((principal) =>
      operations.flatMap((operation) => hosts.map((host) => ({ principal, host, operation, permissionType }))),
    )
  })
}

/** Throws `ToolError` for what is no `type:name`. */
export function principalsOf(given: ToolArguments, option: string): string[] {
  return [...new Set(given.values(option).map((text) => text.trim()))].map((text) => {
    if (/^[^:]+:[^]+$/.test(text)) return text
    throw new ToolError(
      'REFUSED',
      `java.lang.IllegalArgumentException: expected a string in format principalType:principalName but got ${text}`,
    )
  })
}
