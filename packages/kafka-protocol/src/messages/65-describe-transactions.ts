// DescribeTransactions (API 65): state and partitions of transactions.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const describeTransactionsRequest = defineRequest(
  'DescribeTransactions',
  65,
  { versions: '0', flexible: '0+' },
  { transactionalIds: array(string()) },
)
export type DescribeTransactionsRequest = MessageType<typeof describeTransactionsRequest>

export const describeTransactionsResponse = defineResponse(
  'DescribeTransactions',
  65,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    transactionStates: array({
      errorCode: int16(),
      transactionalId: string(),
      transactionState: string(),
      transactionTimeoutMs: int32(),
      transactionStartTimeMs: int64(),
      producerId: int64(),
      producerEpoch: int16(),
      topics: array({ topic: string(), partitions: array(int32()) }),
    }),
  },
)
export type DescribeTransactionsResponse = MessageType<typeof describeTransactionsResponse>
