import { nearestName } from '@odradek/base'
import { CliError } from '../../cli-error.ts'
import { parseAssignment } from '../../context/client-properties.ts'
import { sizeOf } from '../../options.ts'

/** What a quota may be about: Kafka's QuotaConfig. */
export const quotaKeys = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
  'connection_creation_rate',
] as const

/** The key as it is. Throws `CliError` for one that there is not, with the nearest. */
export function parseQuotaKey(text: string): string {
  if ((quotaKeys as readonly string[]).includes(text)) return text
  const nearest = nearestName(text, quotaKeys)
  throw new CliError(
    'INVALID_OPTION',
    `there is no quota "${text}"${nearest === undefined ? `; there are ${quotaKeys.join(', ')}` : `: is ${nearest} meant?`}`,
  )
}

/** `producer_byte_rate=10Mi`: a number above 0, with or without K, M, G, Ki, Mi, Gi behind it. */
export function parseQuota(text: string): [key: string, value: number] {
  const [key, given] = parseAssignment('quota set', text)
  return [parseQuotaKey(key), parseQuotaValue(key, given)]
}

export function parseQuotaValue(key: string, given: string): number {
  const value = sizeOf(given) ?? 0
  if (value > 0) return value
  throw new CliError('INVALID_OPTION', `${key} takes a number above 0, such as 1048576 or 1Mi, not "${given}"`)
}
