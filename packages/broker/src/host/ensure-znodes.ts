import type { ZooKeeperClient } from '@odradek/zookeeper-client'
import { ZooKeeperError } from '@odradek/zookeeper-client'
import { persistentPaths, withParents } from '../znodes/persistent-paths.ts'

/** Resolves to the promise's value, or to undefined for one of the ZooKeeper errors named. */
export async function unless<Value>(promise: Promise<Value>, ...codes: readonly string[]): Promise<Value | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof ZooKeeperError && codes.includes(error.code)) return undefined
    throw error
  }
}

/** Creates a persistent znode and those above it that are missing, in one go; what is there already stays as it is. */
export async function ensureZnode(client: ZooKeeperClient, path: string, data: Buffer | null): Promise<void> {
  const paths = withParents(path)
  const created = paths.map((each) => unless(client.create(each, each === path ? data : null), 'NODE_EXISTS'))
  await Promise.all(created)
}

/** Creates the znodes that every broker relies on, in one go. */
export async function ensurePersistentZnodes(client: ZooKeeperClient): Promise<void> {
  const paths = new Set(persistentPaths.flatMap(withParents))
  await Promise.all([...paths].map((path) => unless(client.create(path, null), 'NODE_EXISTS')))
}
