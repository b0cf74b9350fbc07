import type { Command } from 'commander'
import type { AclBinding, AclFilter } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import { collect } from '../../context/connection.ts'
import { namedBy, parseOperations, parsePrincipal } from './acl-words.ts'

/** What rules are about. */
export interface ResourceOptions {
  readonly topic: readonly string[]
  readonly group: readonly string[]
  readonly transactionalId: readonly string[]
  readonly delegationToken: readonly string[]
  readonly cluster?: true
  readonly pattern?: string
}

interface Resource {
  readonly resourceType: Exclude<AclBinding['resourceType'], 'UNKNOWN'>
  readonly resourceName: string
}

/** The only name that the resource CLUSTER has. */
const clusterName = 'kafka-cluster'

export function withResourceOptions(command: Command, patterns: string): Command {
  return command
    .option('-t, --topic <topic>', 'a topic, as often as wanted; * for all', collect, [])
    .option('-g, --group <group>', 'a group, as often as wanted; * for all', collect, [])
    .option('--transactional-id <id>', 'a transactional id, as often as wanted; * for all', collect, [])
    .option('--delegation-token <token>', 'a delegation token, as often as wanted', collect, [])
    .option('--cluster', 'the cluster itself')
    .option('--pattern <pattern>', `how names are meant: ${patterns}`)
}

function resourcesOf(options: ResourceOptions): Resource[] {
  const named = (resourceType: Resource['resourceType'], names: readonly string[]): Resource[] =>
    names.map((resourceName) => ({ resourceType, resourceName }))
  return [
    ...named('TOPIC', options.topic),
    ...named('GROUP', options.group),
    ...named('TRANSACTIONAL_ID', options.transactionalId),
    ...named('DELEGATION_TOKEN', options.delegationToken),
    ...named('CLUSTER', options.cluster ? [clusterName] : []),
  ]
}

export interface CreateOptions extends ResourceOptions {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  readonly host: readonly string[]
  readonly operation: readonly string[]
}

/** The rules that options for `acl create` stand for: each principal, from each host, for each operation, on each resource. */
export function bindingsOf(options: CreateOptions): AclBinding[] {
  const patternType = namedBy('--pattern', ['LITERAL', 'PREFIXED'], options.pattern ?? 'literal')
  const principals = [
    ...options.allow.map((text) => ({ principal: parsePrincipal(text), permissionType: 'ALLOW' as const })),
    ...options.deny.map((text) => ({ principal: parsePrincipal(text), permissionType: 'DENY' as const })),
  ]
  const resources = resourcesOf(options)
  const operations = parseOperations('--operation', options.operation)
  const missing = [
    ...(principals.length === 0 ? ['whom: --allow or --deny User:name'] : []),
    ...(operations.length === 0 ? ['what they may do: --operation'] : []),
    ...(resources.length === 0
      ? ['with what: --topic, --group, --transactional-id, --delegation-token, --cluster']
      : []),
  ]
  if (missing.length > 0) throw new CliError('INVALID_OPTION', `say ${missing.join('; ')}`)
  const hosts = options.host.length === 0 ? ['*'] : options.host
  return resources.flatMap((resource) =>
    principals.flatMap((principal) =>
      hosts.flatMap((host) =>
        operations.map((operation) => ({
          ...resource,
          // Of the cluster there is one, and no prefix of its name means anything.
          patternType: resource.resourceType === 'CLUSTER' ? ('LITERAL' as const) : patternType,
          ...principal,
          host,
          operation,
        })),
      ),
    ),
  )
}

export interface FilterOptions extends ResourceOptions {
  readonly principal: readonly string[]
  readonly host?: string
  readonly operation: readonly string[]
  readonly permission?: string
}

export function withFilterOptions(command: Command): Command {
  return withResourceOptions(command, 'any (default), literal, prefixed, or match: all that hold for the name')
    .option('--principal <principal>', 'of User:name, as often as wanted', collect, [])
    .option('--host <address>', 'from this address, or *')
    .option('--operation <operation>', 'of these operations: read,write', collect, [])
    .option('--permission <permission>', 'allow or deny')
}

/** The filters that the options stand for; one that fits everything when they say nothing. */
export function filtersOf(options: FilterOptions): AclFilter[] {
  const shared: AclFilter = {
    ...(options.pattern === undefined
      ? {}
      : { patternType: namedBy('--pattern', ['ANY', 'MATCH', 'LITERAL', 'PREFIXED'], options.pattern) }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.permission === undefined
      ? {}
      : { permissionType: namedBy('--permission', ['ALLOW', 'DENY'], options.permission) }),
  }
  const orAny = <Item>(items: readonly Item[]): readonly (Item | Record<string, never>)[] =>
    items.length === 0 ? [{}] : items
  const principals = orAny(options.principal.map((text) => ({ principal: parsePrincipal(text) })))
  const operations = orAny(parseOperations('--operation', options.operation).map((operation) => ({ operation })))
  return orAny(resourcesOf(options)).flatMap((resource) =>
    principals.flatMap((principal) =>
      operations.map((operation) => ({ ...shared, ...resource, ...principal, ...operation })),
    ),
  )
}
