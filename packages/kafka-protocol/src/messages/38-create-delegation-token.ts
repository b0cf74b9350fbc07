// CreateDelegationToken (API 38): makes a delegation token (KIP-48).
import { array, bytes, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const createDelegationTokenRequest = defineRequest(
  'CreateDelegationToken',
  38,
  { versions: '1-3', flexible: '2+' },
  {
    ownerPrincipalType: string('3+', { nullable: '3+' }),
    ownerPrincipalName: string('3+', { nullable: '3+' }),
    renewers: array({ principalType: string(), principalName: string() }),
    maxLifetimeMs: int64(),
  },
)
export type CreateDelegationTokenRequest = MessageType<typeof createDelegationTokenRequest>

export const createDelegationTokenResponse = defineResponse(
  'CreateDelegationToken',
  38,
  { versions: '1-3', flexible: '2+' },
  {
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string('3+'),
    tokenRequesterPrincipalName: string('3+'),
    issueTimestampMs: int64(),
    expiryTimestampMs: int64(),
    maxTimestampMs: int64(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32(),
  },
)
export type CreateDelegationTokenResponse = MessageType<typeof createDelegationTokenResponse>
