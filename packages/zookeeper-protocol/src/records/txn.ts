// Records of `org.apache.zookeeper.txn`: the transaction log, and what a leader proposes.
import { boolean, buffer, int, long, ustring, vector } from '../jute.ts'
import type { Decoded } from '../jute.ts'
import { record } from '../jute-record.ts'
import { acl } from './data.ts'

export const txnHeader = record('txn.TxnHeader', { clientId: long, cxid: int, zxid: long, time: long, type: int })
export type TxnHeader = Decoded<typeof txnHeader>

export const txnDigest = record('txn.TxnDigest', { version: int, treeDigest: long })
export type TxnDigest = Decoded<typeof txnDigest>

export const createTxn = record('txn.CreateTxn', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  ephemeral: boolean,
  parentCVersion: int,
})
export type CreateTxn = Decoded<typeof createTxn>

/** Before ZooKeeper 3.4: the parent's cversion is not told. */
export const createTxnV0 = record('txn.CreateTxnV0', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  ephemeral: boolean,
})
export type CreateTxnV0 = Decoded<typeof createTxnV0>

export const createContainerTxn = record('txn.CreateContainerTxn', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  parentCVersion: int,
})
export type CreateContainerTxn = Decoded<typeof createContainerTxn>

export const createTtlTxn = record('txn.CreateTTLTxn', {
  path: ustring,
  data: buffer,
  acl: vector(acl),
  parentCVersion: int,
  ttl: long,
})
export type CreateTtlTxn = Decoded<typeof createTtlTxn>

export const deleteTxn = record('txn.DeleteTxn', { path: ustring })
export type DeleteTxn = Decoded<typeof deleteTxn>

export const setDataTxn = record('txn.SetDataTxn', { path: ustring, data: buffer, version: int })
export type SetDataTxn = Decoded<typeof setDataTxn>

export const checkVersionTxn = record('txn.CheckVersionTxn', { path: ustring, version: int })
export type CheckVersionTxn = Decoded<typeof checkVersionTxn>

export const setAclTxn = record('txn.SetACLTxn', { path: ustring, acl: vector(acl), version: int })
export type SetAclTxn = Decoded<typeof setAclTxn>

export const setMaxChildrenTxn = record('txn.SetMaxChildrenTxn', { path: ustring, max: int })
export type SetMaxChildrenTxn = Decoded<typeof setMaxChildrenTxn>

export const createSessionTxn = record('txn.CreateSessionTxn', { timeOut: int })
export type CreateSessionTxn = Decoded<typeof createSessionTxn>

export const closeSessionTxn = record('txn.CloseSessionTxn', { paths2Delete: vector(ustring) })
export type CloseSessionTxn = Decoded<typeof closeSessionTxn>

export const errorTxn = record('txn.ErrorTxn', { err: int })
export type ErrorTxn = Decoded<typeof errorTxn>

export const txn = record('txn.Txn', { type: int, data: buffer })
export type Txn = Decoded<typeof txn>

export const multiTxn = record('txn.MultiTxn', { txns: vector(txn) })
export type MultiTxn = Decoded<typeof multiTxn>
