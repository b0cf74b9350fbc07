// KRaftVersionRecord: value of the control record that sets the version of the KRaft protocol.
import { int16 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const kraftVersionRecord = defineData(
  'KRaftVersionRecord',
  { versions: '0', flexible: '0+' },
  { version: int16(), kRaftVersion: int16() },
)
export type KraftVersionRecord = MessageType<typeof kraftVersionRecord>
