import { nodeKindOf, ttlMsOf } from '../ephemeral-owner.ts'
import type { DataTree } from './data-tree.ts'

/** Containers that have had a child and have none, and nodes whose time to live is over and that have none. */
export function* overdueNodes(tree: DataTree, wallMs: bigint): Generator<string> {
  for (const path of [...tree.owned.containers, ...tree.owned.ttlNodes]) {
    const node = tree.get(path)
    if (node === undefined || node.childCount > 0) continue
    const { ephemeralOwner } = node
    const isOver =
      nodeKindOf(ephemeralOwner) === 'container' ? node.cversion > 0 : wallMs - node.mtime > ttlMsOf(ephemeralOwner)
    if (isOver) yield path
  }
}
