// delete (2), deleteContainer (20)
import { deleteRequest, OpCode, Permission, record, ustring, ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { DeleteRequest } from '@odradek/zookeeper-protocol'
import { nodeKindOf } from '../core/ephemeral-owner.ts'
import { isSpecialPath, parentPathOf } from '../core/path.ts'
import type { ChangeRecord } from '../core/prepare/change-record.ts'
import type { PendingChanges } from '../core/prepare/pending-changes.ts'
import type { Transaction } from '../core/transaction.ts'
import { write } from './operation.ts'
import type { PrepareContext } from './operation.ts'
import { nextVersion } from './version.ts'

function requireDeletable(path: string | null): { path: string; parentPath: string } {
  const parentPath = parentPathOf(path)
  if (path === null || isSpecialPath(path)) throw new ZooKeeperError('BAD_ARGUMENTS', `${path} belongs to the server`)
  return { path, parentPath }
}

function removeNode(changes: PendingChanges, parent: ChangeRecord, node: ChangeRecord): void {
  changes.update(parent, (stat, record) => {
    stat.pzxid = changes.zxid
    record.childCount--
  })
  changes.remove(node)
}

export function prepareDelete(request: DeleteRequest, { changes, access, identities }: PrepareContext): Transaction {
  const { path, parentPath } = requireDeletable(request.path)
  const parent = changes.get(parentPath)
  access.check(parent.acl, Permission.delete, identities)
  const node = changes.get(path)
  nextVersion(node.stat.version, request.version)
  if (node.childCount > 0) throw new ZooKeeperError('NOT_EMPTY')
  removeNode(changes, parent, node)
  return { type: OpCode.delete, value: { path } }
}

/** Jute has no record for it: it is not meant for clients, though the real server does not refuse it from one. */
const deleteContainerRequest = record('proto.DeleteContainerRequest', { path: ustring })

export const deleteNode = write<DeleteRequest>({
  type: OpCode.delete,
  name: 'delete',
  request: deleteRequest,
  prepare: prepareDelete,
  reply: () => undefined,
})

/**
 * Deletes a container or TTL node that has no children, whatever its version. It is the server's own, but clients are not refused: the
 * real server even lets them do it without a look at the ACL, which this one does not.
 */
export const deleteContainer = write<{ path: string | null }>({
  type: OpCode.deleteContainer,
  name: 'deleteContainer',
  request: deleteContainerRequest,
  needsSession: false,
  prepare(request, { changes, access, identities }) {
    const { path, parentPath } = requireDeletable(request.path)
    const parent = changes.get(parentPath)
    access.check(parent.acl, Permission.delete, identities)
    const node = changes.get(path)
    if (node.childCount > 0) throw new ZooKeeperError('NOT_EMPTY')
    const kind = nodeKindOf(node.stat.ephemeralOwner)
    if (kind !== 'container' && kind !== 'ttl')
      throw new ZooKeeperError('BAD_VERSION', `${path} is no container or TTL node`)
    removeNode(changes, parent, node)
    return { type: OpCode.deleteContainer, value: { path } }
  },
  reply: () => undefined,
})
