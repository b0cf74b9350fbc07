// ListTransactions (API 66): the transactions that a broker coordinates.
import { array, int16, int32, int64, string } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const listTransactionsRequest = defineRequest(
  'ListTransactions',
  66,
  { versions: '0-2', flexible: '0+' },
  {
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64('1+', { default: -1n }),
    transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
  },
)
export type ListTransactionsRequest = MessageType<typeof listTransactionsRequest>

export const listTransactionsResponse = defineResponse(
  'ListTransactions',
  66,
  { versions: '0-2', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({ transactionalId: string(), producerId: int64(), transactionState: string() }),
  },
)
export type ListTransactionsResponse = MessageType<typeof listTransactionsResponse>
