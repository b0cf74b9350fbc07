// TransactionLogValue: a transaction in __transaction_state.
import { array, int16, int32, int64, int8, string } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const transactionLogValue = defineData(
  'TransactionLogValue',
  { versions: '0-1', flexible: '1+' },
  {
    producerId: int64(),
    previousProducerId: int64('1+', { tag: 0, default: -1n }),
    nextProducerId: int64('1+', { tag: 1, default: -1n }),
    producerEpoch: int16(),
    nextProducerEpoch: int16('1+', { tag: 3, default: -1 }),
    transactionTimeoutMs: int32(),
    transactionStatus: int8(),
    transactionPartitions: array({ topic: string(), partitionIds: array(int32()) }, '0+', { nullable: '0+' }),
    transactionLastUpdateTimestampMs: int64(),
    transactionStartTimestampMs: int64(),
    clientTransactionVersion: int16('1+', { tag: 2 }),
  },
)
export type TransactionLogValue = MessageType<typeof transactionLogValue>
