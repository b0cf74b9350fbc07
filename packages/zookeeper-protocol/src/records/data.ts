// Records of `org.apache.zookeeper.data`: what a node is.
import { int, long, ustring } from '../jute.ts'
import type { Decoded } from '../jute.ts'
import { record } from '../jute-record.ts'

/** Whom an entry of an ACL is about: an authentication scheme and a name in it. */
export const id = record('data.Id', { scheme: ustring, id: ustring })
export type Id = Decoded<typeof id>

/** One entry of an ACL: `Permission` bits for an id. */
export const acl = record('data.ACL', { perms: int, id })
export type Acl = Decoded<typeof acl>

/** What clients see of a node beside its data. `cversion` counts creates and deletes of children here. */
export const stat = record('data.Stat', {
  czxid: long,
  mzxid: long,
  ctime: long,
  mtime: long,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: long,
  dataLength: int,
  numChildren: int,
  pzxid: long,
})
export type Stat = Decoded<typeof stat>

/** What a snapshot keeps of a node beside its data. `cversion` counts only creates of children here. */
export const statPersisted = record('data.StatPersisted', {
  czxid: long,
  mzxid: long,
  ctime: long,
  mtime: long,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: long,
  pzxid: long,
})
export type StatPersisted = Decoded<typeof statPersisted>

/** One identity of a connection, as whoAmI shows it. */
export const clientInfo = record('data.ClientInfo', { authScheme: ustring, user: ustring })
export type ClientInfo = Decoded<typeof clientInfo>
