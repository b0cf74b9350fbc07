export { decodeConnectRequest, decodeConnectResponse, encodeConnectRequest, encodeConnectResponse } from './connect.ts'
export type { WithReadOnly } from './connect.ts'
export { AddWatchMode, CreateMode, KeeperState, Permission, WatcherType, WatchEventType } from './constants.ts'
export {
  decodeElectionGreeting,
  decodeElectionNotification,
  encodeElectionGreeting,
  encodeElectionNotification,
  PeerState,
} from './election.ts'
export type { ElectionGreeting, ElectionNotification } from './election.ts'
export { ZooKeeperError, ZooKeeperErrorCode, zooKeeperErrorOf } from './error-code.ts'
export type { ZooKeeperErrorFacts, ZooKeeperErrorName } from './error-code.ts'
export { boolean, buffer, int, long, ustring, vector } from './jute.ts'
export type { Decoded, Jute } from './jute.ts'
export { record } from './jute-record.ts'
export type { JuteRecord } from './jute-record.ts'
export { decodeMultiRequest, decodeMultiResponse, encodeMultiRequest, encodeMultiResponse } from './multi.ts'
export type { MultiOperation, MultiResult } from './multi.ts'
export { OpCode, Xid } from './op-code.ts'
export { QuorumPacketType } from './quorum-packet-type.ts'
export { recordByName, recordNames } from './record-by-name.ts'
export * from './records/data.ts'
export * from './records/persistence.ts'
export * from './records/proto.ts'
export * from './records/quorum.ts'
export * from './records/txn.ts'
export { DigestMd5Client } from './sasl/digest-md5-client.ts'
export { DigestMd5Server } from './sasl/digest-md5-server.ts'
export { SaslError } from './sasl/sasl-error.ts'
export type { SaslErrorCode } from './sasl/sasl-error.ts'
