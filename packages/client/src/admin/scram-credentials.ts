import { pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import {
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/50-describe-user-scram-credentials'
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker, controller } from './admin-requests.ts'
import { nameOf } from './operations.ts'
import { failureOf, settleBatch } from './settle-batch.ts'

const mechanisms = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const
const hashes = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const
const hashSizesBytes = { 'SCRAM-SHA-256': 32, 'SCRAM-SHA-512': 64 } as const
export type ScramMechanism = keyof typeof mechanisms

/** As Kafka's own tools take when none is given. */
const iterationsDefault = 4096
const saltSizeBytes = 26

export interface ScramCredential {
  readonly mechanism: ScramMechanism | 'UNKNOWN'
  readonly iterations: number
}

/** Which users have SCRAM credentials (never the passwords); all users without a list of them. A user that is not known is an error. */
export async function describeUserScramCredentials(
  requests: AdminRequests,
  users: readonly string[] | null = null,
): Promise<Map<string, ScramCredential[]>> {
  const ask = (): Promise<{ results: readonly CredentialResult[] }> =>
    requests.call(anyBroker, describeUserScramCredentialsRequest, describeUserScramCredentialsResponse, {
      users: users && users.map((name) => ({ name })),
    })
  const first = await ask()
  const names = users ?? first.results.map(({ user }) => user)
  let answer: Awaited<ReturnType<typeof ask>> | undefined = first
  return settleBatch(requests.cluster, names, requests.timeoutMs, async () => {
    const { results } = answer ?? (await ask())
    answer = undefined
    return new Map(
      results.map(({ user, errorCode, errorMessage, credentialInfos }) => [
        user,
        failureOf(errorCode, errorMessage) ??
          credentialInfos.map(({ mechanism, iterations }) => ({
            mechanism: nameOf(mechanisms, mechanism),
            iterations,
          })),
      ]),
    )
  })
}

interface CredentialResult {
  readonly user: string
  readonly errorCode: number
  readonly errorMessage: string | null
  readonly credentialInfos: readonly { readonly mechanism: number; readonly iterations: number }[]
}

export interface ScramUpsertion {
  readonly user: string
  readonly mechanism: ScramMechanism
  readonly password: string
  /** 4096 to 16384; default 4096. */
  readonly iterations?: number
  /** Default: 26 random bytes. */
  readonly salt?: Uint8Array
}

export interface ScramDeletion {
  readonly user: string
  readonly mechanism: ScramMechanism
}

/** Sets and removes SCRAM credentials. Only salted passwords go over the wire (RFC 5802, KIP-554). Failures are by user. */
export async function alterUserScramCredentials(
  requests: AdminRequests,
  {
    upsertions = [],
    deletions = [],
  }: { readonly upsertions?: readonly ScramUpsertion[]; readonly deletions?: readonly ScramDeletion[] },
): Promise<void> {
  const salted = await Promise.all(
    upsertions.map(
      async ({ user, mechanism, password, iterations = iterationsDefault, salt = randomBytes(saltSizeBytes) }) => {
        const normalized = password.normalize('NFKC')
        const saltedPassword = await promisify(pbkdf2)(
          normalized,
          salt,
          iterations,
          hashSizesBytes[mechanism],
          hashes[mechanism],
        )
        return { name: user, mechanism: mechanisms[mechanism], iterations, salt, saltedPassword }
      },
    ),
  )
  const removed = deletions.map(({ user, mechanism }) => ({ name: user, mechanism: mechanisms[mechanism] }))
  const users = [...new Set([...salted, ...removed].map(({ name }) => name))]
  await settleBatch(requests.cluster, users, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(
      controller,
      alterUserScramCredentialsRequest,
      alterUserScramCredentialsResponse,
      {
        deletions: removed.filter(({ name }) => pending.includes(name)),
        upsertions: salted.filter(({ name }) => pending.includes(name)),
      },
    )
    return new Map(
      answer.results.map(({ user, errorCode, errorMessage }) => [user, failureOf(errorCode, errorMessage)]),
    )
  })
}
