// VotersRecord: value of the control record that lists the voters of the KRaft quorum.
import { array, int16, int32, string, struct, uint16, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const votersRecord = defineData(
  'VotersRecord',
  { versions: '0', flexible: '0+' },
  {
    version: int16(),
    voters: array({
      voterId: int32(),
      voterDirectoryId: uuid(),
      endpoints: array({ name: string(), host: string(), port: uint16() }),
      kRaftVersionFeature: struct({ minSupportedVersion: int16(), maxSupportedVersion: int16() }),
    }),
  },
)
export type VotersRecord = MessageType<typeof votersRecord>
