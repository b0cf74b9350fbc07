// SnapshotFooterRecord: value of the control record at the end of a KRaft snapshot.
import { int16 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const snapshotFooterRecord = defineData(
  'SnapshotFooterRecord',
  { versions: '0', flexible: '0+' },
  { version: int16() },
)
export type SnapshotFooterRecord = MessageType<typeof snapshotFooterRecord>
