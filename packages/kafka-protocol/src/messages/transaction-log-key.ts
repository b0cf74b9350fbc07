// TransactionLogKey: key of a transaction in __transaction_state.
import { string } from '../definition/field.ts'
import { defineRecordKey } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const transactionLogKey = defineRecordKey('TransactionLogKey', 0, { transactionalId: string() })
export type TransactionLogKey = MessageType<typeof transactionLogKey>
