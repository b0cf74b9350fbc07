// SaslHandshake (API 17): chooses a SASL mechanism.
import { array, int16, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const saslHandshakeRequest = defineRequest('SaslHandshake', 17, { versions: '0-1' }, { mechanism: string() })
export type SaslHandshakeRequest = MessageType<typeof saslHandshakeRequest>

export const saslHandshakeResponse = defineResponse(
  'SaslHandshake',
  17,
  { versions: '0-1' },
  { errorCode: int16(), mechanisms: array(string()) },
)
export type SaslHandshakeResponse = MessageType<typeof saslHandshakeResponse>
