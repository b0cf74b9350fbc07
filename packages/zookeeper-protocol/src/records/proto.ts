// Records of `org.apache.zookeeper.proto`: what clients and servers say to each other.
import { boolean, buffer, int, long, ustring, vector } from '../jute.ts'
import type { Decoded } from '../jute.ts'
import { record } from '../jute-record.ts'
import { acl, clientInfo, stat } from './data.ts'

/** Opens a connection. A boolean `readOnly` may follow it: see `decodeConnectRequest`. */
export const connectRequest = record('proto.ConnectRequest', {
  protocolVersion: int,
  lastZxidSeen: long,
  timeOut: int,
  sessionId: long,
  passwd: buffer,
})
export type ConnectRequest = Decoded<typeof connectRequest>

/** Answers `connectRequest`. A boolean `readOnly` follows it if the request had one. */
export const connectResponse = record('proto.ConnectResponse', {
  protocolVersion: int,
  timeOut: int,
  sessionId: long,
  passwd: buffer,
})
export type ConnectResponse = Decoded<typeof connectResponse>

export const requestHeader = record('proto.RequestHeader', { xid: int, type: int })
export type RequestHeader = Decoded<typeof requestHeader>

/** A body follows only when `err` is 0. */
export const replyHeader = record('proto.ReplyHeader', { xid: int, zxid: long, err: int })
export type ReplyHeader = Decoded<typeof replyHeader>

export const multiHeader = record('proto.MultiHeader', { type: int, done: boolean, err: int })
export type MultiHeader = Decoded<typeof multiHeader>

export const errorResponse = record('proto.ErrorResponse', { err: int })
export type ErrorResponse = Decoded<typeof errorResponse>

export const watcherEvent = record('proto.WatcherEvent', { type: int, state: int, path: ustring })
export type WatcherEvent = Decoded<typeof watcherEvent>

/** Also of create2 and createContainer. */
export const createRequest = record('proto.CreateRequest', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  flags: int,
})
export type CreateRequest = Decoded<typeof createRequest>

export const createTtlRequest = record('proto.CreateTTLRequest', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  flags: int,
  ttl: long,
})
export type CreateTtlRequest = Decoded<typeof createTtlRequest>

export const createResponse = record('proto.CreateResponse', { path: ustring })
export type CreateResponse = Decoded<typeof createResponse>

export const create2Response = record('proto.Create2Response', { path: ustring, stat })
export type Create2Response = Decoded<typeof create2Response>

export const deleteRequest = record('proto.DeleteRequest', { path: ustring, version: int })
export type DeleteRequest = Decoded<typeof deleteRequest>

export const existsRequest = record('proto.ExistsRequest', { path: ustring, watch: boolean })
export type ExistsRequest = Decoded<typeof existsRequest>

export const existsResponse = record('proto.ExistsResponse', { stat })
export type ExistsResponse = Decoded<typeof existsResponse>

export const getDataRequest = record('proto.GetDataRequest', { path: ustring, watch: boolean })
export type GetDataRequest = Decoded<typeof getDataRequest>

export const getDataResponse = record('proto.GetDataResponse', { data: buffer, stat })
export type GetDataResponse = Decoded<typeof getDataResponse>

export const setDataRequest = record('proto.SetDataRequest', { path: ustring, data: buffer, version: int })
export type SetDataRequest = Decoded<typeof setDataRequest>

export const setDataResponse = record('proto.SetDataResponse', { stat })
export type SetDataResponse = Decoded<typeof setDataResponse>

export const getAclRequest = record('proto.GetACLRequest', { path: ustring })
export type GetAclRequest = Decoded<typeof getAclRequest>

export const getAclResponse = record('proto.GetACLResponse', { acl: vector(acl), stat })
export type GetAclResponse = Decoded<typeof getAclResponse>

export const setAclRequest = record('proto.SetACLRequest', { path: ustring, acl: vector(acl), version: int })
export type SetAclRequest = Decoded<typeof setAclRequest>

export const setAclResponse = record('proto.SetACLResponse', { stat })
export type SetAclResponse = Decoded<typeof setAclResponse>

export const getChildrenRequest = record('proto.GetChildrenRequest', { path: ustring, watch: boolean })
export type GetChildrenRequest = Decoded<typeof getChildrenRequest>

export const getChildrenResponse = record('proto.GetChildrenResponse', { children: vector(ustring) })
export type GetChildrenResponse = Decoded<typeof getChildrenResponse>

export const getChildren2Request = record('proto.GetChildren2Request', { path: ustring, watch: boolean })
export type GetChildren2Request = Decoded<typeof getChildren2Request>

export const getChildren2Response = record('proto.GetChildren2Response', { children: vector(ustring), stat })
export type GetChildren2Response = Decoded<typeof getChildren2Response>

export const getAllChildrenNumberRequest = record('proto.GetAllChildrenNumberRequest', { path: ustring })
export type GetAllChildrenNumberRequest = Decoded<typeof getAllChildrenNumberRequest>

export const getAllChildrenNumberResponse = record('proto.GetAllChildrenNumberResponse', { totalNumber: int })
export type GetAllChildrenNumberResponse = Decoded<typeof getAllChildrenNumberResponse>

export const getEphemeralsRequest = record('proto.GetEphemeralsRequest', { prefixPath: ustring })
export type GetEphemeralsRequest = Decoded<typeof getEphemeralsRequest>

export const getEphemeralsResponse = record('proto.GetEphemeralsResponse', { ephemerals: vector(ustring) })
export type GetEphemeralsResponse = Decoded<typeof getEphemeralsResponse>

export const syncRequest = record('proto.SyncRequest', { path: ustring })
export type SyncRequest = Decoded<typeof syncRequest>

export const syncResponse = record('proto.SyncResponse', { path: ustring })
export type SyncResponse = Decoded<typeof syncResponse>

export const checkVersionRequest = record('proto.CheckVersionRequest', { path: ustring, version: int })
export type CheckVersionRequest = Decoded<typeof checkVersionRequest>

export const reconfigRequest = record('proto.ReconfigRequest', {
  joiningServers: ustring,
  leavingServers: ustring,
  newMembers: ustring,
  curConfigId: long,
})
export type ReconfigRequest = Decoded<typeof reconfigRequest>

export const setWatches = record('proto.SetWatches', {
  relativeZxid: long,
  dataWatches: vector(ustring),
  existWatches: vector(ustring),
  childWatches: vector(ustring),
})
export type SetWatches = Decoded<typeof setWatches>

export const setWatches2 = record('proto.SetWatches2', {
  relativeZxid: long,
  dataWatches: vector(ustring),
  existWatches: vector(ustring),
  childWatches: vector(ustring),
  persistentWatches: vector(ustring),
  persistentRecursiveWatches: vector(ustring),
})
export type SetWatches2 = Decoded<typeof setWatches2>

export const addWatchRequest = record('proto.AddWatchRequest', { path: ustring, mode: int })
export type AddWatchRequest = Decoded<typeof addWatchRequest>

export const checkWatchesRequest = record('proto.CheckWatchesRequest', { path: ustring, type: int })
export type CheckWatchesRequest = Decoded<typeof checkWatchesRequest>

export const removeWatchesRequest = record('proto.RemoveWatchesRequest', { path: ustring, type: int })
export type RemoveWatchesRequest = Decoded<typeof removeWatchesRequest>

export const authPacket = record('proto.AuthPacket', { type: int, scheme: ustring, auth: buffer })
export type AuthPacket = Decoded<typeof authPacket>

export const getSaslRequest = record('proto.GetSASLRequest', { token: buffer })
export type GetSaslRequest = Decoded<typeof getSaslRequest>

export const setSaslRequest = record('proto.SetSASLRequest', { token: buffer })
export type SetSaslRequest = Decoded<typeof setSaslRequest>

export const setSaslResponse = record('proto.SetSASLResponse', { token: buffer })
export type SetSaslResponse = Decoded<typeof setSaslResponse>

export const whoAmIResponse = record('proto.WhoAmIResponse', { clientInfo: vector(clientInfo) })
export type WhoAmIResponse = Decoded<typeof whoAmIResponse>

export const getMaxChildrenRequest = record('proto.GetMaxChildrenRequest', { path: ustring })
export type GetMaxChildrenRequest = Decoded<typeof getMaxChildrenRequest>

export const getMaxChildrenResponse = record('proto.GetMaxChildrenResponse', { max: int })
export type GetMaxChildrenResponse = Decoded<typeof getMaxChildrenResponse>

export const setMaxChildrenRequest = record('proto.SetMaxChildrenRequest', { path: ustring, max: int })
export type SetMaxChildrenRequest = Decoded<typeof setMaxChildrenRequest>
