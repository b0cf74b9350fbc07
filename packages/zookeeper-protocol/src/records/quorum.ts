// Records of `org.apache.zookeeper.server.quorum`: what the servers of an ensemble say to each other.
import { buffer, int, long, vector } from '../jute.ts'
import type { Decoded } from '../jute.ts'
import { record } from '../jute-record.ts'
import { id } from './data.ts'

/** The one packet between leader and learners; `type` says what `data` holds. */
export const quorumPacket = record('server.quorum.QuorumPacket', {
  type: int,
  zxid: long,
  data: buffer,
  authinfo: vector(id),
})
export type QuorumPacket = Decoded<typeof quorumPacket>

export const learnerInfo = record('server.quorum.LearnerInfo', {
  serverid: long,
  protocolVersion: int,
  configVersion: long,
})
export type LearnerInfo = Decoded<typeof learnerInfo>

export const quorumAuthPacket = record('server.quorum.QuorumAuthPacket', { magic: long, status: int, token: buffer })
export type QuorumAuthPacket = Decoded<typeof quorumAuthPacket>
