// EndTxn (API 26): commits or aborts a transaction.
import { bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const endTxnRequest = defineRequest(
  'EndTxn',
  26,
  { versions: '0-5', flexible: '3+' },
  { transactionalId: string(), producerId: int64(), producerEpoch: int16(), committed: bool() },
)
export type EndTxnRequest = MessageType<typeof endTxnRequest>

export const endTxnResponse = defineResponse(
  'EndTxn',
  26,
  { versions: '0-5', flexible: '3+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64('5+', { default: -1n, ignorable: true }),
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
)
export type EndTxnResponse = MessageType<typeof endTxnResponse>
