// The node that stands in a queue for a lock or for leadership: ephemeral, numbered by the server, and named so that its owner finds
// it again when the answer to its creation was lost. The names are Curator's, so that its recipes and ours wait for each other.
import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'
import type { ZooKeeperClient } from '../../zookeeper-client.ts'
import { ChangeSignal } from './change-signal.ts'
import { childPath, ensureDeleted, makePath } from './paths.ts'
import { hasCode, untilAnswered } from './retry.ts'

export interface QueueOptions {
  /** Where the queue is; made when it is not there. */
  readonly path: string
  /** What stands between the unique part of the name and the number: `lock-`. */
  readonly kind: string
  readonly data: Buffer
  readonly acl?: readonly Acl[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Which of the nodes before `own` has to go first; undefined: it is `own`'s turn. */
  readonly blocker: (before: readonly QueueEntry[], own: QueueEntry) => QueueEntry | undefined
}

/** A node of a queue. */
export interface QueueEntry {
  readonly name: string
  readonly kind: string
  readonly sequence: number
}

/** A node whose turn it is. `czxid` grows from one to the next. */
export interface QueueTurn {
  readonly path: string
  readonly czxid: bigint
}

/** The nodes of a queue among `names`, by their numbers. */
export function queueEntries(names: readonly string[], kinds: readonly string[]): QueueEntry[] {
  return names
    .flatMap((name) => {
      const kind = kinds.find((one) => name.slice(0, -10).endsWith(one))
      const sequence = Number(name.slice(-10))
      return kind === undefined || !/^\d{10}$/.test(name.slice(-10)) ? [] : [{ name, kind, sequence }]
    })
    .sort((a, b) => a.sequence - b.sequence)
}

/**
 * Stands in the queue until it is this node's turn. Rejects with `signal`'s reason, and is out of the queue then; with SESSION_EXPIRED;
 * with NO_NODE when somebody else has taken the node out.
 */
export async function takeTurn(
  client: ZooKeeperClient,
  kinds: readonly string[],
  options: QueueOptions,
): Promise<QueueTurn> {
  const { path, signal } = options
  const own = await enqueue(client, options)
  try {
    for (;;) {
      const { children } = await untilAnswered(client, signal, () => client.getChildren(path))
      const entries = queueEntries(children, kinds)
      const index = entries.findIndex(({ name }) => name === own.name)
      const entry = entries[index]
      if (entry === undefined) {
        throw new ZooKeeperError('NO_NODE', `${childPath(path, own.name)} was deleted while it waited for its turn`)
      }
      const blocker = options.blocker(entries.slice(0, index), entry)
      if (blocker === undefined) return { path: childPath(path, own.name), czxid: own.czxid }
      await gone(client, childPath(path, blocker.name), signal)
    }
  } catch (error) {
    // Who gives up must not hold up those behind: the node goes as soon as there is a server to tell.
    void ensureDeleted(client, childPath(path, own.name)).catch(() => undefined)
    throw error
  }
}

/** Resolves when the node is not there, or something about it has changed. */
async function gone(client: ZooKeeperClient, path: string, signal: AbortSignal | undefined): Promise<void> {
  const change = new ChangeSignal()
  const stat = await untilAnswered(client, signal, () => client.exists(path, change.watch))
  if (stat !== undefined) await change.wait(client, signal)
}

async function enqueue(client: ZooKeeperClient, options: QueueOptions): Promise<{ name: string; czxid: bigint }> {
  const { path, data, acl, signal } = options
  const unique = `_c_${uuid(client)}-${options.kind}`
  let isCertain = true
  for (;;) {
    try {
      return await untilAnswered(client, signal, async () => {
        const earlier = isCertain ? undefined : await find(client, path, unique)
        if (earlier !== undefined) return earlier
        isCertain = false
        const created = await client.create(childPath(path, unique), data, {
          mode: 'ephemeralSequential',
          ...(acl && { acl }),
        })
        return { name: created.path.slice(created.path.lastIndexOf('/') + 1), czxid: created.stat.czxid }
      })
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) {
        void forget(client, path, unique)
        throw error
      }
    }
    await makePath(client, path, { signal, acl })
  }
}

/** Takes out of the queue what an attempt whose answer is not known may have put into it. */
async function forget(client: ZooKeeperClient, path: string, unique: string): Promise<void> {
  try {
    const found = await untilAnswered(client, undefined, () => find(client, path, unique))
    if (found !== undefined) await ensureDeleted(client, childPath(path, found.name))
  } catch {
    // The session is over, and the node with it.
  }
}

/** The node that an attempt has made whose answer was lost. */
async function find(
  client: ZooKeeperClient,
  path: string,
  unique: string,
): Promise<{ name: string; czxid: bigint } | undefined> {
  const { children } = await client.getChildren(path)
  const name = children.find((child) => child.startsWith(unique))
  if (name === undefined) return undefined
  const stat = await client.exists(childPath(path, name))
  return stat && { name, czxid: stat.czxid }
}

function uuid(client: ZooKeeperClient): string {
  const bytes = client.env.random.bytes(16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
