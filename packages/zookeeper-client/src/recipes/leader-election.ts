import type { Acl } from '@odradek/zookeeper-protocol'
import type { Watch } from '../watch-event.ts'
import type { ZooKeeperClient } from '../zookeeper-client.ts'
import { ChangeSignal } from './support/change-signal.ts'
import { HeldNode } from './support/held-node.ts'
import type { Held, LostOn } from './support/held-node.ts'
import { childPath } from './support/paths.ts'
import { queueEntries, takeTurn } from './support/queue-node.ts'
import { hasCode, inEachSession, untilAnswered } from './support/retry.ts'

export interface LeadOptions {
  /** Who stands for election, as the others will see it. */
  readonly id: string
  /** Gives up the candidacy: the call rejects with its reason. */
  readonly signal?: AbortSignal
  /** Of the nodes that are made. Default: `openAcl`. */
  readonly acl?: readonly Acl[]
  /** Default: `disconnect`. */
  readonly lostOn?: LostOn
}

/** Leadership that is held. `await using` resigns at the end of the block. */
export interface Leadership extends Held {
  /** Larger than that of every leader before: the leader's epoch, to be shown with everything that it does. */
  readonly fencingToken: bigint
}

/** One that stands for election, or leads. */
export interface Candidate {
  readonly id: string
  readonly path: string
}

const kinds = ['latch-']

/**
 * Stands for election at `path` and resolves when this client leads. Candidates lead in the order in which they came. Elections are those of
 * Curator's `LeaderLatch`, which may stand in the same one. Rejects as `acquireLock` does. When `lost` is aborted, release and call it again.
 * Recipe: ZooKeeper's page "Recipes and Solutions", Leader Election.
 */
export async function lead(client: ZooKeeperClient, path: string, options: LeadOptions): Promise<Leadership> {
  const { id, signal, acl, lostOn = 'disconnect' } = options
  const turn = await inEachSession(client, signal, () =>
    takeTurn(client, kinds, {
      path,
      kind: 'latch-',
      data: Buffer.from(id),
      acl,
      signal,
      blocker: (before) => before.at(-1),
    }),
  )
  return new HeldLeadership(client, turn.path, lostOn, turn.czxid)
}

/**
 * Stands for election at `path` again and again: each leadership of this client, for as long as the body of the loop takes, which should end
 * when `lost` is aborted. Then it is released, if it is still held, and the client stands again, at the end of the queue; with a client that
 * renews its session, in the next session too. Ends when `signal` is aborted; throws as `lead` rejects.
 */
export async function* leaderships(
  client: ZooKeeperClient,
  path: string,
  options: LeadOptions,
): AsyncGenerator<Leadership, void> {
  for (;;) {
    let leadership: Leadership
    try {
      leadership = await lead(client, path, options)
    } catch (error) {
      if (options.signal?.aborted) return
      throw error
    }
    try {
      yield leadership
    } finally {
      await leadership.release()
    }
  }
}

class HeldLeadership extends HeldNode implements Leadership {
  readonly fencingToken: bigint

  constructor(client: ZooKeeperClient, path: string, lostOn: LostOn, fencingToken: bigint) {
    super(client, path, lostOn)
    this.fencingToken = fencingToken
  }
}

/** All that stand for election at `path`, the leader first; empty when there are none. */
export function candidates(client: ZooKeeperClient, path: string, signal?: AbortSignal): Promise<Candidate[]> {
  return inEachSession(client, signal, async () => {
    const names = await children(client, path, signal)
    const found: Candidate[] = []
    for (const { name } of queueEntries(names, kinds)) {
      const candidate = await read(client, childPath(path, name), signal)
      if (candidate !== undefined) found.push(candidate)
    }
    return found
  })
}

/** The one that leads; `watch` is called when that may have changed. */
async function leaderNow(
  client: ZooKeeperClient,
  path: string,
  signal: AbortSignal | undefined,
  watch: Watch,
): Promise<Candidate | undefined> {
  const names = await children(client, path, signal, watch)
  for (const { name } of queueEntries(names, kinds)) {
    const leader = await read(client, childPath(path, name), signal)
    if (leader !== undefined) return leader
  }
  return undefined
}

/**
 * The leader at `path`, and each that follows: undefined while there is none. Ends when `signal` is aborted, and throws SESSION_EXPIRED when
 * the client is at its end. A leader that led only while the loop looked away is passed over.
 */
export async function* leaders(
  client: ZooKeeperClient,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Candidate | undefined, void> {
  let last: Candidate | undefined | 'none yet' = 'none yet'
  try {
    for (;;) {
      const change = new ChangeSignal()
      const leader = await inEachSession(client, signal, () => leaderNow(client, path, signal, change.watch))
      if (last === 'none yet' || leader?.path !== last?.path) yield leader
      last = leader
      await inEachSession(client, signal, () => change.wait(client, signal))
    }
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}

/** The children of a node that may not be there yet; `watch` is set in either case. */
async function children(
  client: ZooKeeperClient,
  path: string,
  signal: AbortSignal | undefined,
  watch?: Watch,
): Promise<readonly string[]> {
  for (;;) {
    try {
      return (await untilAnswered(client, signal, () => client.getChildren(path, watch))).children
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error
    }
    if ((await untilAnswered(client, signal, () => client.exists(path, watch))) === undefined) return []
  }
}

async function read(
  client: ZooKeeperClient,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Candidate | undefined> {
  try {
    const { data } = await untilAnswered(client, signal, () => client.getData(path))
    return { id: data?.toString() ?? '', path }
  } catch (error) {
    if (hasCode(error, 'NO_NODE')) return undefined
    throw error
  }
}
