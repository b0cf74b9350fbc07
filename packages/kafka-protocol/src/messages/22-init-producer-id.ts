// InitProducerId (API 22): gives a producer its id and epoch, and fences the one before it.
import { bool, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const initProducerIdRequest = defineRequest(
  'InitProducerId',
  22,
  { versions: '0-6', flexible: '2+' },
  {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32(),
    producerId: int64('3+', { default: -1n }),
    producerEpoch: int16('3+', { default: -1 }),
    enable2Pc: bool('6+'),
    keepPreparedTxn: bool('6+'),
  },
)
export type InitProducerIdRequest = MessageType<typeof initProducerIdRequest>

export const initProducerIdResponse = defineResponse(
  'InitProducerId',
  22,
  { versions: '0-6', flexible: '2+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64('0+', { default: -1n }),
    producerEpoch: int16(),
    ongoingTxnProducerId: int64('6+', { default: -1n }),
    ongoingTxnProducerEpoch: int16('6+', { default: -1 }),
  },
)
export type InitProducerIdResponse = MessageType<typeof initProducerIdResponse>
