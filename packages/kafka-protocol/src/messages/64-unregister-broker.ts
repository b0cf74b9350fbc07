// UnregisterBroker (API 64): removes the registration of a broker (KRaft).
import { int16, int32, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const unregisterBrokerRequest = defineRequest(
  'UnregisterBroker',
  64,
  { versions: '0', flexible: '0+' },
  { brokerId: int32() },
)
export type UnregisterBrokerRequest = MessageType<typeof unregisterBrokerRequest>

export const unregisterBrokerResponse = defineResponse(
  'UnregisterBroker',
  64,
  { versions: '0', flexible: '0+' },
  { throttleTimeMs: int32(), errorCode: int16(), errorMessage: string('0+', { nullable: '0+' }) },
)
export type UnregisterBrokerResponse = MessageType<typeof unregisterBrokerResponse>
