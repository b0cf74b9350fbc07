import { Permission } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'

/** Everyone may do everything: what a node gets when nothing else is asked for. */
export const openAcl: readonly Acl[] = [{ perms: Permission.all, id: { scheme: 'world', id: 'anyone' } }]

/** Everyone may read; nobody may do anything else. */
export const readOnlyAcl: readonly Acl[] = [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }]

/** Whoever creates the node, by the identities it has authenticated, may do everything. */
export const creatorAcl: readonly Acl[] = [{ perms: Permission.all, id: { scheme: 'auth', id: '' } }]
