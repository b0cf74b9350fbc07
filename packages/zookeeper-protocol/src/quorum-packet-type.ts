/** The `type` of a `QuorumPacket` (`org.apache.zookeeper.server.quorum.Leader`). */
export const QuorumPacketType = {
  request: 1,
  proposal: 2,
  ack: 3,
  commit: 4,
  ping: 5,
  revalidate: 6,
  sync: 7,
  inform: 8,
  commitAndActivate: 9,
  newLeader: 10,
  followerInfo: 11,
  upToDate: 12,
  diff: 13,
  trunc: 14,
  snap: 15,
  observerInfo: 16,
  leaderInfo: 17,
  ackEpoch: 18,
  informAndActivate: 19,
} as const
export type QuorumPacketType = (typeof QuorumPacketType)[keyof typeof QuorumPacketType]
