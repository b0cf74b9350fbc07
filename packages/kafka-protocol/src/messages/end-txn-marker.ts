// EndTxnMarker: value of the control record that ends a transaction.
import { int32 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const endTxnMarker = defineData('EndTxnMarker', { versions: '0' }, { coordinatorEpoch: int32() })
export type EndTxnMarker = MessageType<typeof endTxnMarker>
