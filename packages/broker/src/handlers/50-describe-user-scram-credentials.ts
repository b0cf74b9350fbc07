import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/50-describe-user-scram-credentials'
import {
  describeUserScramCredentialsRequest,
  describeUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/50-describe-user-scram-credentials'
import type { ScramStore } from '../host/scram-store.ts'
import { ZnodeError } from '../znodes/znode-error.ts'
import type { ApiHandler } from './api-handler.ts'

type Result = NonNullable<Input<DescribeUserScramCredentialsResponse>['results']>[number]

const failed = (user: string, { errorCode, message }: KafkaError): Result => ({
  user,
  errorCode,
  errorMessage: message,
})

/** Undefined for a user without credentials. */
async function described(store: ScramStore, user: string): Promise<Result | undefined> {
  try {
    const credentialInfos = await store.credentialsOf(user)
    return credentialInfos.length === 0 ? undefined : { user, errorCode: ErrorCode.NONE, credentialInfos }
  } catch (error) {
    if (error instanceof KafkaError) return failed(user, error)
    if (error instanceof ZnodeError) return failed(user, new KafkaError('UNKNOWN_SERVER_ERROR', error.message))
    throw error
  }
}

async function named(store: ScramStore, user: string, isRepeated: boolean): Promise<Result> {
  if (user === '') return failed(user, new KafkaError('RESOURCE_NOT_FOUND', 'Username must not be empty'))
  if (isRepeated) {
    const message = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`
    return failed(user, new KafkaError('DUPLICATE_RESOURCE', message))
  }
  const message = `Attempt to describe a user credential that does not exist: ${user}`
  return (await described(store, user)) ?? failed(user, new KafkaError('RESOURCE_NOT_FOUND', message))
}

/** DescribeUserScramCredentials, key 50 (KIP-554): who has SCRAM credentials of which kind; without names, all who have. */
export const describeUserScramCredentialsHandler: ApiHandler<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse
> = {
  request: describeUserScramCredentialsRequest,
  response: describeUserScramCredentialsResponse,
  minVersion: 0,
  maxVersion: 0,

  async handle(request, { broker }) {
    const store = broker.scramStore
    const counts = new Map<string, number>()
    for (const { name } of request.users ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
    const results =
      counts.size === 0
        ? await Promise.all((await store.users()).map((user) => described(store, user)))
        : await Promise.all([...counts].map(([user, count]) => named(store, user, count > 1)))
    return { errorCode: ErrorCode.NONE, results: results.filter((result) => result !== undefined) }
  },

  errorResponse: (_request, { errorCode, message }) => ({ errorCode, errorMessage: message }),
}
