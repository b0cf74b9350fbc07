// RenewDelegationToken (API 39): extends the life of a delegation token.
import { bytes, int16, int32, int64 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const renewDelegationTokenRequest = defineRequest(
  'RenewDelegationToken',
  39,
  { versions: '1-2', flexible: '2+' },
  { hmac: bytes(), renewPeriodMs: int64() },
)
export type RenewDelegationTokenRequest = MessageType<typeof renewDelegationTokenRequest>

export const renewDelegationTokenResponse = defineResponse(
  'RenewDelegationToken',
  39,
  { versions: '1-2', flexible: '2+' },
  { errorCode: int16(), expiryTimestampMs: int64(), throttleTimeMs: int32() },
)
export type RenewDelegationTokenResponse = MessageType<typeof renewDelegationTokenResponse>
