import type { DataNode } from './data-node.ts'
import { nodesBelow } from './nodes-below.ts'
import { Quotas } from './quota.ts'

/** A limit that a write would go beyond. */
export interface QuotaExcess {
  readonly subtree: string
  readonly what: 'count' | 'bytes'
  /** A soft limit is only told of. */
  readonly isHard: boolean
  readonly limit: number
  /** What there would be. */
  readonly wanted: number
}

/** The names of a limit in the node that sets it. */
const limitKeys = {
  count: { soft: 'count', hard: 'countHardLimit' },
  bytes: { soft: 'bytes', hard: 'byteHardLimit' },
} as const

/** Finds a node of the tree. */
type Find = (path: string) => DataNode | undefined

/**
 * Keeps, for each subtree with a quota, the node that says how much is in it. Those nodes change with others and by no transaction of
 * their own, which is why digests leave them out.
 */
export class QuotaStatistics {
  readonly #quotas = new Quotas()
  readonly #find: Find

  constructor(find: Find) {
    this.#find = find
  }

  created(path: string, dataLength: number): void {
    const quota = Quotas.roleOf(path)
    if (quota?.role === 'limits') this.#quotas.add(quota.subtree)
    if (quota?.role === 'stats') this.#recount(quota.subtree)
    this.#add(path, 1, dataLength)
  }

  deleted(path: string, dataLength: number): void {
    const quota = Quotas.roleOf(path)
    if (quota?.role === 'limits') this.#quotas.delete(quota.subtree)
    this.#add(path, -1, -dataLength)
  }

  changed(path: string, growthBytes: number): void {
    this.#add(path, 0, growthBytes)
  }

  /**
   * The limits that a change at `path` would go beyond, hard ones being the only ones looked at where they are set. As in Apache's server, what is
   * still under way counts for nothing, so that writes sent together may go beyond a limit by as much as they are.
   */
  excesses(path: string, count: number, growthBytes: () => number): QuotaExcess[] {
    const subtree = this.#quotas.subtreeOf(path)
    const limitsNode = subtree === undefined ? undefined : this.#find(Quotas.limitsPathOf(subtree))
    const statsNode = subtree === undefined ? undefined : this.#find(Quotas.statsPathOf(subtree))
    if (subtree === undefined || limitsNode === undefined || statsNode === undefined) return []
    const limits = Quotas.parse(limitsNode.data)
    const facts = Quotas.parse(statsNode.data)
    const growth = { count, bytes: growthBytes() }
    return (['count', 'bytes'] as const).flatMap((what): QuotaExcess[] => {
      const hard = limits.get(limitKeys[what].hard) ?? -1
      const limit = hard > -1 ? hard : (limits.get(limitKeys[what].soft) ?? -1)
      const wanted = (facts.get(what) ?? -1) + growth[what]
      if (growth[what] === 0 || limit <= -1 || wanted <= limit) return []
      return [{ subtree, what, isHard: hard > -1, limit, wanted }]
    })
  }

  #add(path: string, count: number, bytes: number): void {
    const subtree = this.#quotas.subtreeOf(path)
    const node = subtree === undefined ? undefined : this.#find(Quotas.statsPathOf(subtree))
    if (node === undefined) return
    const facts = Quotas.parse(node.data)
    facts.set('count', (facts.get('count') ?? -1) + count)
    facts.set('bytes', (facts.get('bytes') ?? -1) + bytes)
    node.setData(Quotas.format(facts))
  }

  #recount(subtree: string): void {
    const statsNode = this.#find(Quotas.statsPathOf(subtree))
    const top = this.#find(subtree)
    if (statsNode === undefined) return
    let count = top === undefined ? 0 : 1
    let bytes = top === undefined ? 0 : top.dataLength
    for (const [, node] of top === undefined ? [] : nodesBelow(subtree, top)) {
      count++
      bytes += node.dataLength
    }
    const facts = new Map([
      ['count', count],
      ['bytes', bytes],
    ])
    statsNode.setData(Quotas.format(facts))
  }

  /** Finds the quotas of a tree that was loaded. */
  load(): void {
    const root = this.#find('/zookeeper/quota')
    for (const [path] of root === undefined ? [] : nodesBelow('/zookeeper/quota', root)) {
      const quota = Quotas.roleOf(path)
      if (quota?.role !== 'limits') continue
      this.#quotas.add(quota.subtree)
      this.#recount(quota.subtree)
    }
  }
}
