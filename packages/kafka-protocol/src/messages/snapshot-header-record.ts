// SnapshotHeaderRecord: value of the control record at the head of a KRaft snapshot.
import { int16, int64 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const snapshotHeaderRecord = defineData(
  'SnapshotHeaderRecord',
  { versions: '0', flexible: '0+' },
  { version: int16(), lastContainedLogTimestamp: int64() },
)
export type SnapshotHeaderRecord = MessageType<typeof snapshotHeaderRecord>
