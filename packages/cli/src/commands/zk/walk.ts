import { ZooKeeperError } from '@odradek/zookeeper-client'
import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { childPath } from './paths.ts'

/** A node, then all below it, parents before children, siblings sorted. What goes while it walks is left out. Rejects when `path` is not there. */
export async function* walk(
  client: ZooKeeperClient,
  path: string,
  depth = 0,
): AsyncGenerator<{ readonly path: string; readonly depth: number }> {
  let children: readonly string[]
  try {
    children = (await client.getChildren(path)).children
  } catch (error) {
    if (depth > 0 && error instanceof ZooKeeperError && error.code === 'NO_NODE') return
    throw error
  }
  yield { path, depth }
  for (const name of children.toSorted((a, b) => (a < b ? -1 : 1))) {
    yield* walk(client, childPath(path, name), depth + 1)
  }
}

/** The paths that `walk` goes over. */
export async function pathsBelow(client: ZooKeeperClient, path: string): Promise<string[]> {
  const paths: string[] = []
  for await (const node of walk(client, path)) paths.push(node.path)
  return paths
}
