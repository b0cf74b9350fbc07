// DescribeDelegationToken (API 41): lists delegation tokens.
import { array, bytes, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeDelegationTokenRequest = defineRequest(
  'DescribeDelegationToken',
  41,
  { versions: '1-3', flexible: '2+' },
  { owners: array({ principalType: string(), principalName: string() }, '0+', { nullable: '0+' }) },
)
export type DescribeDelegationTokenRequest = MessageType<typeof describeDelegationTokenRequest>

export const describeDelegationTokenResponse = defineResponse(
  'DescribeDelegationToken',
  41,
  { versions: '1-3', flexible: '2+' },
  {
    errorCode: int16(),
    tokens: array({
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string('3+'),
      tokenRequesterPrincipalName: string('3+'),
      issueTimestamp: int64(),
      expiryTimestamp: int64(),
      maxTimestamp: int64(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array({ principalType: string(), principalName: string() }),
    }),
    throttleTimeMs: int32(),
  },
)
export type DescribeDelegationTokenResponse = MessageType<typeof describeDelegationTokenResponse>
