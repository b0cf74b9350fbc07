import type { Acl } from '@odradek/zookeeper-protocol'
import type { CreateModeName } from '../../operation.ts'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'
import { hasCode, untilAnswered } from './retry.ts'

/** `parent` and the name of a child as one path. */
export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`
}

/** The path above; `/` for one that is right below it. */
export function parentPath(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

export interface MakePathOptions {
  readonly signal?: AbortSignal | undefined
  /** Default: `openAcl`. */
  readonly acl?: readonly Acl[] | undefined
  /** Default: `container`, which the server removes when the last child is gone. */
  readonly mode?: CreateModeName
}

/** Makes the node and those above it that are not there. */
export async function makePath(client: ZooKeeperClient, path: string, options: MakePathOptions = {}): Promise<void> {
  if (path === '/') return
  const { signal, acl, mode = 'container' } = options
  const create = (): Promise<unknown> =>
    untilAnswered(client, signal, () => client.create(path, null, { mode, ...(acl && { acl }) }))
  try {
    await create()
  } catch (error) {
    if (hasCode(error, 'NODE_EXISTS')) return
    if (!hasCode(error, 'NO_NODE')) throw error
    await makePath(client, parentPath(path), options)
    await makePath(client, path, options)
  }
}

/** Deletes a node, and is sure of it as far as there is a session. A node that is not there is deleted already. */
export async function ensureDeleted(client: ZooKeeperClient, path: string, signal?: AbortSignal): Promise<void> {
  try {
    await untilAnswered(client, signal, () => client.delete(path))
  } catch (error) {
    if (!hasCode(error, 'NO_NODE')) throw error
  }
}
