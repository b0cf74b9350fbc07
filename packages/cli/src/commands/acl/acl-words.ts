import { nearestName } from '@odradek/base'
import type { AclBinding, AclOperation } from '@odradek/client'
import { CliError } from '../../cli-error.ts'

/** Kafka's operations (AclOperation), as users type them: `read`, `describe-configs`, `DescribeConfigs` and `DESCRIBE_CONFIGS` are all right. */
const operations = [
  'ALL',
  'READ',
  'WRITE',
  'CREATE',
  'DELETE',
  'ALTER',
  'DESCRIBE',
  'CLUSTER_ACTION',
  'DESCRIBE_CONFIGS',
  'ALTER_CONFIGS',
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
] as const satisfies readonly AclOperation[]

export const operationWords: readonly string[] = operations.map(wordOf)

/** `DESCRIBE_CONFIGS` as it is printed and typed: `describe-configs`. */
export function wordOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** The name that Kafka has for one of the words of `known`. Throws `CliError`, with the nearest word. */
export function namedBy<Name extends string>(option: string, known: readonly Name[], text: string): Name {
  const name = text
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()
  const found = known.find((candidate) => candidate === name)
  if (found !== undefined) return found
  const words = known.map(wordOf)
  const nearest = nearestName(wordOf(name), words)
  throw new CliError(
    'INVALID_OPTION',
    `${option} takes ${words.join(', ')}, not "${text}"${nearest === undefined ? '' : `: is ${nearest} meant?`}`,
  )
}

/** Operations, as often as wanted and several between commas. */
export function parseOperations(option: string, texts: readonly string[]): AclOperation[] {
  return texts.flatMap((text) => text.split(',').map((part) => namedBy(option, operations, part.trim())))
}

/** `User:name`; the type may be left out. */
export function parsePrincipal(text: string): string {
  if (text === '') throw new CliError('INVALID_OPTION', 'a principal is written User:name, or User:* for all')
  return text.includes(':') ? text : `User:${text}`
}

/** A rule as one line says it. */
export function aclText(acl: AclBinding): string {
  const pattern = acl.patternType === 'PREFIXED' ? `${acl.resourceName}…` : acl.resourceName
  const what = `${wordOf(acl.resourceType)} ${pattern}`
  return `${acl.principal} from ${acl.host}: ${wordOf(acl.permissionType)} ${wordOf(acl.operation)} on ${what}`
}
