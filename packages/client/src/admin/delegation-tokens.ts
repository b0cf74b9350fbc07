import {
  createDelegationTokenRequest,
  createDelegationTokenResponse,
} from '@odradek/kafka-protocol/messages/38-create-delegation-token'
import {
  renewDelegationTokenRequest,
  renewDelegationTokenResponse,
} from '@odradek/kafka-protocol/messages/39-renew-delegation-token'
import {
  expireDelegationTokenRequest,
  expireDelegationTokenResponse,
} from '@odradek/kafka-protocol/messages/40-expire-delegation-token'
import {
  describeDelegationTokenRequest,
  describeDelegationTokenResponse,
} from '@odradek/kafka-protocol/messages/41-describe-delegation-token'
import { ClientError } from '../client-error.ts'
import type { AdminRequests } from './admin-requests.ts'
import { anyBroker, controller } from './admin-requests.ts'
import { int64Of, saturated } from '../int64.ts'

export interface DelegationToken {
  readonly tokenId: string
  /** The secret: what SCRAM takes as the password. */
  readonly hmac: Uint8Array
  readonly owner: string
  readonly requester: string
  readonly renewers: readonly string[]
  /** In ms since 1970, as those below; what never ends has `Number.MAX_SAFE_INTEGER`. */
  readonly issueTimestampMs: number
  readonly expiryTimestampMs: number
  readonly maxTimestampMs: number
}

interface PrincipalFields {
  readonly principalType: string
  readonly principalName: string
}

/** `User:ada` as its two parts. */
function principalOf(text: string): PrincipalFields {
  const at = text.indexOf(':')
  if (at <= 0) throw new ClientError('INVALID_ARGUMENT', `a principal is type:name, such as User:ada, not "${text}"`)
  return { principalType: text.slice(0, at), principalName: text.slice(at + 1) }
}

function principalText({ principalType, principalName }: PrincipalFields): string {
  return `${principalType}:${principalName}`
}

export interface CreateDelegationTokenOptions {
  /** Principals that may renew it, besides its owner. */
  readonly renewers?: readonly string[]
  /** Default: who asks. From Kafka 3.3 on. */
  readonly owner?: string
  /** Default: `delegation.token.max.lifetime.ms` of the broker. */
  readonly maxLifetimeMs?: number
}

/** Makes a delegation token (KIP-48). */
export async function createDelegationToken(
  requests: AdminRequests,
  { renewers = [], owner, maxLifetimeMs = -1 }: CreateDelegationTokenOptions = {},
): Promise<DelegationToken> {
  const of = owner === undefined ? undefined : principalOf(owner)
  const answer = await requests.call(
    controller,
    createDelegationTokenRequest,
    createDelegationTokenResponse,
    (version) => ({
      ...(version >= 3
        ? { ownerPrincipalType: of?.principalType ?? null, ownerPrincipalName: of?.principalName ?? null }
        : {}),
      renewers: renewers.map(principalOf),
      maxLifetimeMs: int64Of(maxLifetimeMs, 'maxLifetimeMs'),
    }),
  )
  return {
    tokenId: answer.tokenId,
    hmac: answer.hmac,
    owner: principalText(answer),
    requester: `${answer.tokenRequesterPrincipalType}:${answer.tokenRequesterPrincipalName}`,
    renewers,
    issueTimestampMs: saturated(answer.issueTimestampMs),
    expiryTimestampMs: saturated(answer.expiryTimestampMs),
    maxTimestampMs: saturated(answer.maxTimestampMs),
  }
}

/** Extends the life of a token by `renewPeriodMs`, or by the broker's default; resolves with when it ends, in ms since 1970. */
export async function renewDelegationToken(
  requests: AdminRequests,
  hmac: Uint8Array,
  { renewPeriodMs = -1 }: { readonly renewPeriodMs?: number } = {},
): Promise<number> {
  const answer = await requests.call(controller, renewDelegationTokenRequest, renewDelegationTokenResponse, {
    hmac,
    renewPeriodMs: int64Of(renewPeriodMs, 'renewPeriodMs'),
  })
  return saturated(answer.expiryTimestampMs)
}

/** Ends a token after `expiryPeriodMs`, or at once; resolves with when that is, in ms since 1970. */
export async function expireDelegationToken(
  requests: AdminRequests,
  hmac: Uint8Array,
  { expiryPeriodMs = -1 }: { readonly expiryPeriodMs?: number } = {},
): Promise<number> {
  const answer = await requests.call(controller, expireDelegationTokenRequest, expireDelegationTokenResponse, {
    hmac,
    expiryTimePeriodMs: int64Of(expiryPeriodMs, 'expiryPeriodMs'),
  })
  return saturated(answer.expiryTimestampMs)
}

/** The tokens of these owners that the caller may see; of all owners without a list of them. */
export async function describeDelegationToken(
  requests: AdminRequests,
  owners: readonly string[] | null = null,
): Promise<DelegationToken[]> {
  const answer = await requests.call(anyBroker, describeDelegationTokenRequest, describeDelegationTokenResponse, {
    owners: owners && owners.map(principalOf),
  })
  return answer.tokens.map((token) => ({
    tokenId: token.tokenId,
    hmac: token.hmac,
    owner: principalText(token),
    requester: `${token.tokenRequesterPrincipalType}:${token.tokenRequesterPrincipalName}`,
    renewers: token.renewers.map(principalText),
    issueTimestampMs: saturated(token.issueTimestamp),
    expiryTimestampMs: saturated(token.expiryTimestamp),
    maxTimestampMs: saturated(token.maxTimestamp),
  }))
}
