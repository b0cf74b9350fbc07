import type { Acl } from '@odradek/zookeeper-protocol'
import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { HeldNode } from './support/held-node.ts'
import type { Held, LostOn } from './support/held-node.ts'
import { inEachSession } from './support/retry.ts'
import { takeTurn } from './support/queue-node.ts'
import type { QueueEntry } from './support/queue-node.ts'

export interface LockOptions {
  /** Gives up waiting: the call rejects with its reason and stands in nobody's way. `AbortSignal.timeout(5000)` waits for five seconds. */
  readonly signal?: AbortSignal
  /** Kept in the node of the lock, for people who look who holds it. */
  readonly holder?: string
  /** Of the nodes that are made. Default: `openAcl`. */
  readonly acl?: readonly Acl[]
  /** Default: `disconnect`. */
  readonly lostOn?: LostOn
}

/** A lock that is held. `await using` gives it back at the end of the block. */
export interface Lock extends Held {
  /**
   * Larger than that of every holder before. Whatever the lock protects should remember the largest that it has seen and refuse smaller
   * ones: a holder that does not know yet that it has lost the lock can then do no harm.
   */
  readonly fencingToken: bigint
}

/**
 * Waits for the lock at `path` and takes it: one holder at a time, in the order of the calls. Not reentrant. Waits for Curator's
 * `InterProcessMutex`, and is waited for by it. Rejects with `ZooKeeperError`: SESSION_EXPIRED, NO_NODE when somebody deleted its place in the queue.
 * A client that renews its session waits on in the next one, at the end of the queue; a lock that it held is lost, and not taken again by itself.
 * Recipe: ZooKeeper's page "Recipes and Solutions", Locks.
 */
export function acquireLock(client: ZooKeeperClient, path: string, options: LockOptions = {}): Promise<Lock> {
  return acquire(client, path, 'lock-', options, last)
}

/** The read side of a read/write lock: any number of readers, while nobody writes. A reader that came after a waiting writer waits for it. */
export function acquireReadLock(client: ZooKeeperClient, path: string, options: LockOptions = {}): Promise<Lock> {
  return acquire(client, path, '__READ__', options, (before) => before.findLast(({ kind }) => kind === '__WRIT__'))
}

/** The write side of a read/write lock: alone. The two sides are those of Curator's `InterProcessReadWriteLock`. */
export function acquireWriteLock(client: ZooKeeperClient, path: string, options: LockOptions = {}): Promise<Lock> {
  return acquire(client, path, '__WRIT__', options, last)
}

const kinds = ['lock-', '__READ__', '__WRIT__']
/** Each waits for the one right before it, so that one release wakes one. */
const last = (before: readonly QueueEntry[]): QueueEntry | undefined => before.at(-1)

async function acquire(
  client: ZooKeeperClient,
  path: string,
  kind: string,
  { signal, holder, acl, lostOn = 'disconnect' }: LockOptions,
  blocker: (before: readonly QueueEntry[]) => QueueEntry | undefined,
): Promise<Lock> {
  const data = Buffer.from(holder ?? '')
  const turn = await inEachSession(client, signal, () =>
    takeTurn(client, kinds, { path, kind, data, acl, signal, blocker }),
  )
  return new HeldLock(client, turn.path, lostOn, turn.czxid)
}

class HeldLock extends HeldNode implements Lock {
  readonly fencingToken: bigint

  constructor(client: ZooKeeperClient, path: string, lostOn: LostOn, fencingToken: bigint) {
    super(client, path, lostOn)
    this.fencingToken = fencingToken
  }
}
