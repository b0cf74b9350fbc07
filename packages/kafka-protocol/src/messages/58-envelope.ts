// Envelope (API 58): a request that a broker forwards to the controller for its client (KIP-590).
import { bytes, int16 } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const envelopeRequest = defineRequest(
  'Envelope',
  58,
  { versions: '0', flexible: '0+' },
  { requestData: bytes(), requestPrincipal: bytes('0+', { nullable: '0+' }), clientHostAddress: bytes() },
)
export type EnvelopeRequest = MessageType<typeof envelopeRequest>

export const envelopeResponse = defineResponse(
  'Envelope',
  58,
  { versions: '0', flexible: '0+' },
  { responseData: bytes('0+', { nullable: '0+', default: null }), errorCode: int16() },
)
export type EnvelopeResponse = MessageType<typeof envelopeResponse>
