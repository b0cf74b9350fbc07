// QuorumStateData: what a member of the KRaft quorum keeps in its quorum-state file.
import { array, int32, int64, string, uuid } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const quorumStateData = defineData(
  'QuorumStateData',
  { versions: '0-1', flexible: '0+' },
  {
    clusterId: string('0'),
    leaderId: int32('0+', { default: -1 }),
    leaderEpoch: int32('0+', { default: -1 }),
    votedId: int32('0+', { default: -1 }),
    votedDirectoryId: uuid('1+'),
    appliedOffset: int64('0'),
    currentVoters: array({ voterId: int32() }, '0', { nullable: '0' }),
  },
)
export type QuorumStateData = MessageType<typeof quorumStateData>
