// ExpireDelegationToken (API 40): ends the life of a delegation token.
import { bytes, int16, int32, int64 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const expireDelegationTokenRequest = defineRequest(
  'ExpireDelegationToken',
  40,
  { versions: '1-2', flexible: '2+' },
  { hmac: bytes(), expiryTimePeriodMs: int64() },
)
export type ExpireDelegationTokenRequest = MessageType<typeof expireDelegationTokenRequest>

export const expireDelegationTokenResponse = defineResponse(
  'ExpireDelegationToken',
  40,
  { versions: '1-2', flexible: '2+' },
  { errorCode: int16(), expiryTimestampMs: int64(), throttleTimeMs: int32() },
)
export type ExpireDelegationTokenResponse = MessageType<typeof expireDelegationTokenResponse>
