import { Permission, ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { DataNode } from '../core/tree/data-node.ts'
import type { ReadContext } from './operation.ts'

/** The node at a path that the caller may read. Throws NO_NODE or NO_AUTH. */
export function readableNode(
  path: string | null,
  { tree, access, client }: ReadContext,
  permissions: number = Permission.read,
): DataNode {
  const node = path === null ? undefined : tree.get(path)
  if (node === undefined) throw new ZooKeeperError('NO_NODE')
  access.check(tree.aclOf(node), permissions, client.identities)
  return node
}
