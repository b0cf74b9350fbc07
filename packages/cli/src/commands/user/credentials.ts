import { BatchError } from '@odradek/client'
import type { Admin, ScramCredential, ScramMechanism } from '@odradek/client'
import { CliError } from '../../cli-error.ts'

export const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const satisfies readonly ScramMechanism[]

/** None for a user that there is not. */
export async function credentialsOf(admin: Admin, user: string): Promise<ScramCredential[]> {
  try {
    return (await admin.describeUserScramCredentials([user])).get(user) ?? []
  } catch (error) {
    if (error instanceof BatchError && error.errors.get(user)?.code === 'RESOURCE_NOT_FOUND') return []
    throw error
  }
}

export function parseMechanism(text: string): ScramMechanism {
  const found = mechanisms.find((mechanism) => mechanism === text.toUpperCase())
  if (found !== undefined) return found
  throw new CliError('INVALID_OPTION', `a mechanism is ${mechanisms.join(' or ')}, not "${text}"`)
}
