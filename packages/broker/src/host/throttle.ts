import { ApiKey } from '@odradek/kafka-protocol'
import type { RequestContext } from '../handlers/request-context.ts'

/** A request that was answered, as quotas see it. */
export interface AnsweredRequest {
  readonly context: RequestContext
  readonly body: object
  readonly requestBytes: number
  readonly responseBytes: number
  /** How long this broker's thread was busy with it, in milliseconds. */
  readonly busyMs: number
}

/** A follower's fetch is no client's. */
function isFollower(body: object): boolean {
  const { replicaId = -1, replicaState } = body as { replicaId?: number; replicaState?: { replicaId?: number } }
  return replicaId >= 0 || (replicaState?.replicaId ?? -1) >= 0
}

/** From the controller or another broker. */
function isInterBroker({ apiKey }: RequestContext, body: object): boolean {
  switch (apiKey) {
    case ApiKey.LEADER_AND_ISR:
    case ApiKey.STOP_REPLICA:
    case ApiKey.UPDATE_METADATA:
    case ApiKey.CONTROLLED_SHUTDOWN:
    case ApiKey.ALTER_PARTITION:
    case ApiKey.ALLOCATE_PRODUCER_IDS:
      return true
    case ApiKey.FETCH:
      return isFollower(body)
    default:
      return false
  }
}

const percentMsMax = 1000

/** Charges a client for a request. Returns for how long its connection is to be silent, in milliseconds; 0 within its quotas. */
export function throttleMsOf(request: AnsweredRequest): number {
  const { context, body, requestBytes, responseBytes, busyMs } = request
  const { clientQuotas, env } = context.broker
  if (clientQuotas.isEmpty || isInterBroker(context, body)) return 0
  const nowMs = env.clock.monotonicMs()
  const user = context.connection.principal.replace(/^User:/, '')
  const clientId = context.clientId ?? ''
  // A percentage: busy milliseconds per second are tenths of a percent.
  const ofTime = clientQuotas.charge('request_percentage', user, clientId, busyMs / 10, nowMs)
  const ofBytes =
    context.apiKey === ApiKey.PRODUCE
      ? clientQuotas.charge('producer_byte_rate', user, clientId, requestBytes, nowMs)
      : context.apiKey === ApiKey.FETCH
        ? clientQuotas.charge('consumer_byte_rate', user, clientId, responseBytes, nowMs)
        : 0
  return Math.max(ofBytes, Math.min(ofTime, percentMsMax))
}
