// UpdateRaftVoter (API 82): a voter of the KRaft quorum changes its endpoints or version.
import { array, int16, int32, string, struct, uint16, uuid } from '../definition/field.ts'
import { defineRequest, defineResponse } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const updateRaftVoterRequest = defineRequest(
  'UpdateRaftVoter',
  82,
  { versions: '0', flexible: '0+' },
  {
    clusterId: string('0+', { nullable: '0+' }),
    currentLeaderEpoch: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16() }),
    kRaftVersionFeature: struct({ minSupportedVersion: int16(), maxSupportedVersion: int16() }),
  },
)
export type UpdateRaftVoterRequest = MessageType<typeof updateRaftVoterRequest>

export const updateRaftVoterResponse = defineResponse(
  'UpdateRaftVoter',
  82,
  { versions: '0', flexible: '0+' },
  {
    throttleTimeMs: int32(),
    errorCode: int16(),
    currentLeader: struct(
      {
        leaderId: int32('0+', { default: -1 }),
        leaderEpoch: int32('0+', { default: -1 }),
        host: string(),
        port: int32(),
      },
      '0+',
      { tag: 0 },
    ),
  },
)
export type UpdateRaftVoterResponse = MessageType<typeof updateRaftVoterResponse>
