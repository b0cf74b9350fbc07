import { encodeResponse, ErrorCode } from '@odradek/kafka-protocol'
import type { Message } from '@odradek/kafka-protocol'

/** An answer with an error of the whole: every answer below has that field. */
type ErrorAnswer = Message<{ errorCode: number }>

/**
 * Answers of APIs that clients may know and this broker does not have, where the answer has room for one error. Loaded when somebody asks.
 * A key whose API gets a handler needs no line here; one that stays is never looked at.
 */
const answers: ReadonlyMap<number, () => Promise<ErrorAnswer>> = new Map<number, () => Promise<ErrorAnswer>>([
  [17, async () => (await import('@odradek/kafka-protocol/messages/17-sasl-handshake')).saslHandshakeResponse],
  [
    24,
    async () => (await import('@odradek/kafka-protocol/messages/24-add-partitions-to-txn')).addPartitionsToTxnResponse,
  ],
  [25, async () => (await import('@odradek/kafka-protocol/messages/25-add-offsets-to-txn')).addOffsetsToTxnResponse],
  [26, async () => (await import('@odradek/kafka-protocol/messages/26-end-txn')).endTxnResponse],
  [29, async () => (await import('@odradek/kafka-protocol/messages/29-describe-acls')).describeAclsResponse],
  [35, async () => (await import('@odradek/kafka-protocol/messages/35-describe-log-dirs')).describeLogDirsResponse],
  [36, async () => (await import('@odradek/kafka-protocol/messages/36-sasl-authenticate')).saslAuthenticateResponse],
  [
    38,
    async () =>
      (await import('@odradek/kafka-protocol/messages/38-create-delegation-token')).createDelegationTokenResponse,
  ],
  [
    39,
    async () =>
      (await import('@odradek/kafka-protocol/messages/39-renew-delegation-token')).renewDelegationTokenResponse,
  ],
  [
    40,
    async () =>
      (await import('@odradek/kafka-protocol/messages/40-expire-delegation-token')).expireDelegationTokenResponse,
  ],
  [
    41,
    async () =>
      (await import('@odradek/kafka-protocol/messages/41-describe-delegation-token')).describeDelegationTokenResponse,
  ],
  [43, async () => (await import('@odradek/kafka-protocol/messages/43-elect-leaders')).electLeadersResponse],
  [
    48,
    async () =>
      (await import('@odradek/kafka-protocol/messages/48-describe-client-quotas')).describeClientQuotasResponse,
  ],
  [57, async () => (await import('@odradek/kafka-protocol/messages/57-update-features')).updateFeaturesResponse],
  [66, async () => (await import('@odradek/kafka-protocol/messages/66-list-transactions')).listTransactionsResponse],
  [
    68,
    async () =>
      (await import('@odradek/kafka-protocol/messages/68-consumer-group-heartbeat')).consumerGroupHeartbeatResponse,
  ],
  [
    71,
    async () =>
      (await import('@odradek/kafka-protocol/messages/71-get-telemetry-subscriptions'))
        .getTelemetrySubscriptionsResponse,
  ],
  [72, async () => (await import('@odradek/kafka-protocol/messages/72-push-telemetry')).pushTelemetryResponse],
  [
    74,
    async () => (await import('@odradek/kafka-protocol/messages/74-list-config-resources')).listConfigResourcesResponse,
  ],
])

/**
 * The frame that says UNSUPPORTED_VERSION in the API's own answer; undefined where that version has no room for it
 * (or nobody knows the API): then the connection must end.
 */
export async function unsupportedAnswer(request: {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
}): Promise<Buffer[] | undefined> {
  const answer = await answers.get(request.apiKey)?.()
  const { apiVersion } = request
  if (answer === undefined || apiVersion < answer.minVersion || apiVersion > answer.maxVersion) return undefined
  const from = Number.parseInt(answer.fields['errorCode']?.versions ?? '', 10)
  if (!(apiVersion >= from)) return undefined
  return encodeResponse(request, answer, { errorCode: ErrorCode.UNSUPPORTED_VERSION })
}
