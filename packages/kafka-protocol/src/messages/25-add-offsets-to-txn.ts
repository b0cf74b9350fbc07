// AddOffsetsToTxn (API 25): adds the offsets of a group to a transaction.
import { int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const addOffsetsToTxnRequest = defineRequest(
  'AddOffsetsToTxn',
  25,
  { versions: '0-4', flexible: '3+' },
  { transactionalId: string(), producerId: int64(), producerEpoch: int16(), groupId: string() },
)
export type AddOffsetsToTxnRequest = MessageType<typeof addOffsetsToTxnRequest>

export const addOffsetsToTxnResponse = defineResponse(
  'AddOffsetsToTxn',
  25,
  { versions: '0-4', flexible: '3+' },
  { throttleTimeMs: int32(), errorCode: int16() },
)
export type AddOffsetsToTxnResponse = MessageType<typeof addOffsetsToTxnResponse>
