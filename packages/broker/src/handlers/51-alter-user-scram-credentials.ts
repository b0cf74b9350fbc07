import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import {
  alterUserScramCredentialsRequest,
  alterUserScramCredentialsResponse,
} from '@odradek/kafka-protocol/messages/51-alter-user-scram-credentials'
import type { ScramChange } from '../core/security/scram-changes.ts'
import { scramChangesOf } from '../core/security/scram-changes.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

type Result = NonNullable<Input<AlterUserScramCredentialsResponse>['results']>[number]

const failed = (user: string, { errorCode, message }: KafkaError): Result => ({
  user,
  errorCode,
  errorMessage: message,
})

async function alterOne(broker: BrokerServices, user: string, change: ScramChange): Promise<Result> {
  try {
    await broker.configChanges.announce(await broker.scramStore.change(user, change))
    return { user, errorCode: ErrorCode.NONE }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    return failed(user, error)
  }
}

/** AlterUserScramCredentials, key 51 (KIP-554): by the controller only. Passwords come salted; what is stored proves them and no more. */
export const alterUserScramCredentialsHandler: ApiHandler<
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse
> = {
  request: alterUserScramCredentialsRequest,
  response: alterUserScramCredentialsResponse,
  minVersion: 0,
  maxVersion: 0,

  async handle(request, { broker }) {
    if (!broker.controller.isActive) throw new KafkaError('NOT_CONTROLLER')
    const results: Result[] = []
    for (const [user, change] of scramChangesOf(request)) {
      results.push(change instanceof KafkaError ? failed(user, change) : await alterOne(broker, user, change))
    }
    await broker.configChanges.caughtUp()
    return { results }
  },

  errorResponse: ({ deletions, upsertions }, error) => ({
    results: [...new Set([...deletions, ...upsertions].map(({ name }) => name))].map((user) => failed(user, error)),
  }),
}
