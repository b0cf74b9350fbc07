import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { Stat } from '@odradek/zookeeper-protocol'
import { endsClient } from '../client-state.ts'
import type { ClientState } from '../client-state.ts'
import type { WatchEvent } from '../watch-event.ts'
import type { WatchHandle, ZooKeeperClient } from '../zookeeper-client.ts'
import { ChangeStream } from './support/change-stream.ts'
import { childPath, parentPath } from './support/paths.ts'
import { hasCode, inEachSession, sessionOver, untilAnswered } from './support/retry.ts'

/** A node as it was last read. Its data must not be changed. `stat.numChildren`, `cversion` and `pzxid` may be older than the rest. */
export interface CachedNode {
  readonly path: string
  readonly data: Buffer | null
  readonly stat: Stat
}

/** One difference between what the cache held and what it holds now. */
export type CacheChange =
  | { readonly type: 'added'; readonly node: CachedNode }
  | { readonly type: 'changed'; readonly node: CachedNode; readonly previous: CachedNode }
  | { readonly type: 'removed'; readonly previous: CachedNode }

/**
 * `current`: every change that the server has told is in. `stale`: there is no connection, or it has just come back and the tree is being read
 * again. `ended`: the cache was closed, or the session is over and its client does not renew it; what it held can still be read.
 */
export type CacheState = 'current' | 'stale' | 'ended'

/** Reads under way at once while a whole tree is read. */
const readsMax = 64

/**
 * A copy in memory of a node and all below it, kept up to date by one recursive watch. What it shows is what the server had at some moment
 * not long ago, node by node; changes of one node are never seen backwards, but several may be seen as one. After a reconnect, or in
 * a new session of a client that renews its session, the tree is read again, and only differences are told. Nodes that may not be read are left out. Servers since 3.6.
 */
export class SubtreeCache implements AsyncDisposable {
  readonly path: string
  readonly #client: ZooKeeperClient
  readonly #nodes = new Map<string, CachedNode>()
  readonly #children = new Map<string, Set<string>>()
  readonly #changes = new ChangeStream<CacheChange>()
  readonly #stopState: () => void
  #watch: WatchHandle | undefined
  #state: CacheState = 'stale'
  /** Counts the readings of the whole tree; one that is not the last any more gives up. */
  #reading = 0
  /** In which reading a node was seen last. */
  readonly #seenIn = new Map<string, number>()
  #opened = Promise.withResolvers<void>()

  private constructor(client: ZooKeeperClient, path: string) {
    this.#client = client
    this.path = path
    this.#stopState = client.onState((state) => this.#onState(state))
  }

  /**
   * Resolves when the tree has been read; a node that is not there makes an empty cache that fills when it is created. Rejects with `signal`'s
   * reason, or with `ZooKeeperError`.
   */
  static async open(client: ZooKeeperClient, path: string, signal?: AbortSignal): Promise<SubtreeCache> {
    const cache = new SubtreeCache(client, path)
    const abort = (): void => cache.#opened.reject(signal?.reason as Error)
    signal?.addEventListener('abort', abort)
    try {
      signal?.throwIfAborted()
      const addWatch = (): Promise<WatchHandle> =>
        client.addWatch(path, (event) => cache.#onEvent(event), { recursive: true })
      cache.#watch = await inEachSession(client, signal, () => untilAnswered(client, signal, addWatch))
      cache.#readAll()
      await cache.#opened.promise
      return cache
    } catch (error) {
      await cache.close()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  get state(): CacheState {
    return this.#state
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#nodes.size
  }

  get(path: string): CachedNode | undefined {
    return this.#nodes.get(path)
  }

  /** Names of the children of a node, sorted. */
  children(path: string): string[] {
    return [...(this.#children.get(path) ?? [])].sort((a, b) => (a < b ? -1 : 1))
  }

  /** All nodes, in no order. */
  nodes(): IterableIterator<CachedNode> {
    return this.#nodes.values()
  }

  /** Calls `listener` with every change from now on, and `ended` when there will be no more. Returns what takes them off again. */
  onChange(listener: (change: CacheChange) => void, ended?: (error: Error | undefined) => void): () => void {
    return this.#changes.listen(listener, ended)
  }

  /**
   * Every change from the call on, those too that come while the loop is busy: all that are not taken yet are kept. Ends when `signal` is
   * aborted or the cache is closed; throws SESSION_EXPIRED when the session is over, unless the client renews it.
   */
  changes(signal?: AbortSignal): AsyncIterableIterator<CacheChange> {
    return this.#changes.changes(signal)
  }

  /** Removes the watch. What the cache holds can still be read. */
  async close(): Promise<void> {
    this.#end()
    await this.#watch?.remove()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #end(error?: Error): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#stopState()
    this.#changes.end(error)
    this.#opened.reject(error ?? new ZooKeeperError('SESSION_EXPIRED', 'the cache was closed'))
    this.#opened.promise.catch(() => undefined)
  }

  #onState(state: ClientState): void {
    if (endsClient(state, this.#client.renewsSession)) this.#end(sessionOver(this.#client, state))
    else if (state !== 'connected') {
      this.#state = 'stale'
      this.#reading += 1
    } else if (this.#watch !== undefined) this.#readAll()
  }

  #onEvent({ type, path }: WatchEvent): void {
    if (this.#state === 'ended') return
    if (type === 'deleted') this.#remove(path)
    else void this.#read(path, this.#reading).catch((error: unknown) => this.#failed(error))
  }

  /** A lost connection, or a session that is renewed, leads to a new reading. Anything else is for whoever waits in `open`, or ends the cache. */
  #failed(error: unknown): void {
    if (hasCode(error, 'CONNECTION_LOSS')) return
    if (this.#client.renewsSession && hasCode(error, 'SESSION_EXPIRED')) return
    this.#end(error as Error)
    void this.#watch?.remove()
  }

  #readAll(): void {
    const reading = ++this.#reading
    this.#readTree(reading).then(
      () => {
        if (reading !== this.#reading || this.#state === 'ended') return
        for (const path of this.#nodes.keys()) if (this.#seenIn.get(path) !== reading) this.#remove(path)
        this.#state = 'current'
        this.#opened.resolve()
      },
      (error: unknown) => this.#failed(error),
    )
  }

  /** Reads the node and all below it; events that come meanwhile are reads of the same reading. */
  async #readTree(reading: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = [this.path]
    let underWay = 0
    const visit = async (path: string): Promise<void> => {
      const [, names] = await Promise.all([this.#read(path, reading), this.#childrenOf(path)])
      for (const name of names) waiting.push(childPath(path, name))
      underWay -= 1
      proceed()
    }
    const proceed = (): void => {
      while (reading === this.#reading && underWay < readsMax && waiting.length > 0) {
        underWay += 1
        visit(waiting.pop() as string).catch(reject)
      }
      if (underWay === 0) resolve()
    }
    proceed()
    await promise
  }

  async #childrenOf(path: string): Promise<readonly string[]> {
    try {
      return (await this.#client.getChildren(path)).children
    } catch (error) {
      if (hasCode(error, 'NO_NODE') || hasCode(error, 'NO_AUTH')) return []
      throw error
    }
  }

  /** Reads one node. Answers come in the order of the server, so that the last one to come is the newest. */
  async #read(path: string, reading: number): Promise<void> {
    try {
      const { data, stat } = await this.#client.getData(path)
      if (this.#state !== 'ended' && reading === this.#reading) this.#put({ path, data, stat }, reading)
    } catch (error) {
      if (!hasCode(error, 'NO_NODE') && !hasCode(error, 'NO_AUTH')) throw error
      if (reading === this.#reading) this.#remove(path)
    }
  }

  #put(node: CachedNode, reading: number): void {
    const { path } = node
    const previous = this.#nodes.get(path)
    this.#seenIn.set(path, reading)
    this.#nodes.set(path, node)
    if (previous === undefined) {
      if (path !== this.path) this.#siblings(path).add(path.slice(path.lastIndexOf('/') + 1))
      this.#changes.push({ type: 'added', node })
    } else if (previous.stat.czxid !== node.stat.czxid || previous.stat.mzxid !== node.stat.mzxid) {
      this.#changes.push({ type: 'changed', node, previous })
    }
  }

  #remove(path: string): void {
    const previous = this.#nodes.get(path)
    if (previous === undefined || this.#state === 'ended') return
    this.#nodes.delete(path)
    this.#seenIn.delete(path)
    const parent = parentPath(path)
    const siblings = this.#children.get(parent)
    siblings?.delete(path.slice(path.lastIndexOf('/') + 1))
    if (siblings?.size === 0) this.#children.delete(parent)
    this.#changes.push({ type: 'removed', previous })
  }

  #siblings(path: string): Set<string> {
    const parent = parentPath(path)
    let siblings = this.#children.get(parent)
    if (siblings === undefined) this.#children.set(parent, (siblings = new Set()))
    return siblings
  }
}
