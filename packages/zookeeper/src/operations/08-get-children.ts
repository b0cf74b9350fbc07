// getChildren (8), getChildren2 (12)
import {
  getChildren2Request,
  getChildren2Response,
  getChildrenRequest,
  getChildrenResponse,
  OpCode,
} from '@odradek/zookeeper-protocol'
import type { GetChildrenRequest } from '@odradek/zookeeper-protocol'
import type { DataNode } from '../core/tree/data-node.ts'
import { WatchMode } from '../core/watch/watch-table.ts'
import { read } from './operation.ts'
import type { ReadContext } from './operation.ts'
import { readableNode } from './readable-node.ts'

function find({ path, watch }: GetChildrenRequest, context: ReadContext): { node: DataNode; children: string[] } {
  const node = readableNode(path, context)
  if (watch) context.tree.watches.children.add(path ?? '', context.client, WatchMode.once)
  return { node, children: readChildren(path ?? '', node, context) }
}

/** The names of a node's children, for an answer. */
export function readChildren(path: string, node: DataNode, { tree }: ReadContext): string[] {
  const children = [...(node.children?.keys() ?? [])]
  tree.onRead?.(
    path,
    children.reduce((total, name) => total + name.length, 0),
  )
  return children
}

export const getChildren = read<GetChildrenRequest>({
  type: OpCode.getChildren,
  name: 'getChildren',
  request: getChildrenRequest,
  answer(request, context) {
    const { children } = find(request, context)
    return (writer) => getChildrenResponse.encode(writer, { children })
  },
})

export const getChildren2 = read<GetChildrenRequest>({
  type: OpCode.getChildren2,
  name: 'getChildren2',
  request: getChildren2Request,
  answer(request, context) {
    const { node, children } = find(request, context)
    return (writer) => getChildren2Response.encode(writer, { children, stat: node.toStat() })
  },
})
