// LeaderChangeMessage: value of the control record that names a new leader of the KRaft quorum.
import { array, int16, int32, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

const voter = { voterId: int32(), voterDirectoryId: uuid('1+') }

export const leaderChangeMessage = defineData(
  'LeaderChangeMessage',
  { versions: '0-1', flexible: '0+' },
  { version: int16(), leaderId: int32(), voters: array(voter), grantingVoters: array(voter) },
)
export type LeaderChangeMessage = MessageType<typeof leaderChangeMessage>
