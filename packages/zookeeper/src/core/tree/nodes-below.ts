import type { DataNode } from './data-node.ts'

/** All nodes below one, at any depth, in no particular order. */
export function* nodesBelow(path: string, top: DataNode): Generator<[path: string, node: DataNode]> {
  const stack: [path: string, node: DataNode][] = [[path === '/' ? '' : path, top]]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [parentPath, parent] = next
    for (const [name, child] of parent.children ?? []) {
      const below: [path: string, node: DataNode] = [`${parentPath}/${name}`, child]
      yield below
      if (child.children !== undefined) stack.push(below)
    }
  }
}
