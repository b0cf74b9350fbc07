import { KafkaError } from '@odradek/kafka-protocol'
import type { AlterUserScramCredentialsRequest } from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import { scramCredentialText, scramIterationsMax, scramMechanismOf } from './scram-credential.ts'

type Deletion = AlterUserScramCredentialsRequest['deletions'][number]
type Upsertion = AlterUserScramCredentialsRequest['upsertions'][number]

/** What one user's credentials become: texts by mechanism, null for those that go. */
export type ScramChange = ReadonlyMap<string, string | null>

function mechanismName({ name, mechanism }: Deletion): string {
  if (name === '') throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Username must not be empty')
  const known = scramMechanismOf(mechanism)
  if (known === undefined) throw new KafkaError('UNSUPPORTED_SASL_MECHANISM', 'Unknown SCRAM mechanism')
  return known.name
}

function credentialOf(upsertion: Upsertion): string {
  const { mechanism, iterations, salt, saltedPassword } = upsertion
  mechanismName(upsertion)
  const known = scramMechanismOf(mechanism)
  if (known === undefined || iterations < known.iterationsMin) {
    throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too few iterations')
  }
  if (iterations > scramIterationsMax) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'Too many iterations')
  if (saltedPassword.length === 0) throw new KafkaError('UNACCEPTABLE_CREDENTIAL', 'The salted password is empty')
  return scramCredentialText(known, { salt, saltedPassword, iterations })
}

function changeOf(deletions: readonly Deletion[], upsertions: readonly Upsertion[]): ScramChange {
  // What a credential is wrong in comes before how often it is named.
  const changes = [
    ...upsertions.map((upsertion) => [mechanismName(upsertion), credentialOf(upsertion)] as const),
    ...deletions.map((deletion) => [mechanismName(deletion), null] as const),
  ]
  const change = new Map<string, string | null>(changes)
  if (change.size < changes.length) {
    throw new KafkaError('DUPLICATE_RESOURCE', 'A user credential cannot be altered twice in the same request')
  }
  return change
}

/** What a request changes, by user; of a user of whom anything is refused nothing changes (KIP-554). */
export function scramChangesOf({
  deletions,
  upsertions,
}: AlterUserScramCredentialsRequest): Map<string, ScramChange | KafkaError> {
  const users = new Set([...deletions, ...upsertions].map(({ name }) => name))
  const of = <Item extends { readonly name: string }>(items: readonly Item[], user: string): Item[] =>
    items.filter(({ name }) => name === user)
  return new Map(
    [...users].map((user): [string, ScramChange | KafkaError] => {
      try {
        return [user, changeOf(of(deletions, user), of(upsertions, user))]
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error
        return [user, error]
      }
    }),
  )
}
