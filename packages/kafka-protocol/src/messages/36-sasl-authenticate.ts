// SaslAuthenticate (API 36): carries the bytes of a SASL exchange.
import { bytes, int16, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const saslAuthenticateRequest = defineRequest(
  'SaslAuthenticate',
  36,
  { versions: '0-2', flexible: '2+' },
  { authBytes: bytes() },
)
export type SaslAuthenticateRequest = MessageType<typeof saslAuthenticateRequest>

export const saslAuthenticateResponse = defineResponse(
  'SaslAuthenticate',
  36,
  { versions: '0-2', flexible: '2+' },
  {
    errorCode: int16(),
    errorMessage: string('0+', { nullable: '0+' }),
    authBytes: bytes(),
    sessionLifetimeMs: int64('1+', { ignorable: true }),
  },
)
export type SaslAuthenticateResponse = MessageType<typeof saslAuthenticateResponse>
