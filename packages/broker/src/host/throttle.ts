import { ApiKey } from '@odradek/kafka-protocol'
import type { RequestContext } from '../handlers/request-context.ts'

/** A request as quotas see it: who asked for what. */
export interface QuotaRequest {
  readonly broker: Pick<RequestContext['broker'], 'clientQuotas' | 'env'>
  readonly apiKey: number
  readonly clientId: string | null
  readonly connection: Pick<RequestContext['connection'], 'principal'>
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly context: QuotaRequest
  readonly body: object
  readonly requestBytes: number
  /** How long this broker's thread was busy with it, in milliseconds. */
  readonly busyMs: number
}

/** A follower's fetch is no client's. */
function isFollower(body: object): boolean {
  const { replicaId = -1, replicaState } = body as { replicaId?: number; replicaState?: { replicaId?: number } }
  return replicaId >= 0 || (replicaState?.replicaId ?? -1) >= 0
}

/** From the controller or another broker. */
function isInterBroker({ apiKey }: QuotaRequest, body: object): boolean {
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

/** The user and client id that a request counts for. */
export function quotaOwnerOf({ connection, clientId }: QuotaRequest): { user: string; clientId: string } {
  return { user: connection.principal.replace(/^User:/, ''), clientId: clientId ?? '' }
}

function chargeTime(context: QuotaRequest, busyMs: number, nowMs: number): number {
  const { user, clientId } = quotaOwnerOf(context)
  // A percentage: busy milliseconds per second are tenths of a percent.
  const throttleMs = context.broker.clientQuotas.charge('request_percentage', user, clientId, busyMs / 10, nowMs)
  return Math.min(throttleMs, percentMsMax)
}

/**
 * Charges a client for a request. Returns for how long its connection is to be silent, in milliseconds; 0 within its quotas.
 * A fetch is charged where it is answered, by `throttleMsOfFetch`.
 */
export function throttleMsOf(request: AnsweredRequest): number {
  const { context, body, requestBytes, busyMs } = request
  const { clientQuotas, env } = context.broker
  if (clientQuotas.isEmpty || context.apiKey === ApiKey.FETCH || isInterBroker(context, body)) return 0
  const nowMs = env.clock.monotonicMs()
  const { user, clientId } = quotaOwnerOf(context)
  const ofTime = chargeTime(context, busyMs, nowMs)
  if (context.apiKey !== ApiKey.PRODUCE) return ofTime
  return Math.max(clientQuotas.charge('producer_byte_rate', user, clientId, requestBytes, nowMs), ofTime)
}

/**
 * Charges a consumer for records that it is about to get. Above its quotas, of bytes or of time, it is to be silent for `throttleMs`, and unless
 * `isUsed` it gets no records, which cost it nothing.
 */
export function throttleOfFetch(
  context: QuotaRequest,
  body: object,
  recordBytes: number,
  busyMs: number,
): { readonly throttleMs: number; readonly isUsed: boolean } {
  const { clientQuotas, env } = context.broker
  if (clientQuotas.isEmpty || isInterBroker(context, body)) return { throttleMs: 0, isUsed: true }
  const nowMs = env.clock.monotonicMs()
  const { user, clientId } = quotaOwnerOf(context)
  const ofBytes = clientQuotas.chargeUnlessOver('consumer_byte_rate', user, clientId, recordBytes, nowMs)
  const ofTime = chargeTime(context, busyMs, nowMs)
  if (ofTime > 0 && ofBytes.isUsed) clientQuotas.charge('consumer_byte_rate', user, clientId, -recordBytes, nowMs)
  return { throttleMs: Math.max(ofBytes.throttleMs, ofTime), isUsed: ofBytes.isUsed && ofTime === 0 }
}
