import { nameOf } from '../path.ts'

const quotaRoot = '/zookeeper/quota'
const limitsName = 'zookeeper_limits'
const statsName = 'zookeeper_stats'

/** What a quota node says: the known keys, and others as they are. */
export type QuotaFacts = Map<string, number>

/** The subtrees that have a quota, and the text form of the nodes that keep them. */
export class Quotas {
  readonly #paths = new Set<string>()

  /** If the node at `path` belongs to a quota: which node of it, and of which subtree. */
  static roleOf(path: string): { role: 'limits' | 'stats'; subtree: string } | undefined {
    if (!path.startsWith(`${quotaRoot}/`)) return undefined
    const name = nameOf(path)
    const role = name === limitsName ? 'limits' : name === statsName ? 'stats' : undefined
    const subtree = path.slice(quotaRoot.length, -name.length - 1)
    return role === undefined || subtree === '' ? undefined : { role, subtree }
  }

  static limitsPathOf(subtree: string): string {
    return `${quotaRoot}${subtree}/${limitsName}`
  }

  static statsPathOf(subtree: string): string {
    return `${quotaRoot}${subtree}/${statsName}`
  }

  add(subtree: string): void {
    this.#paths.add(subtree)
  }

  delete(subtree: string): void {
    this.#paths.delete(subtree)
  }

  /** The lowest subtree with a quota that holds `path`. */
  subtreeOf(path: string): string | undefined {
    if (this.#paths.size === 0) return undefined
    for (let above = path; above.length > 1; above = above.slice(0, above.lastIndexOf('/'))) {
      if (this.#paths.has(above)) return above
    }
    return undefined
  }

  /** Reads `count=7,bytes=1=;byteHardLimit=-1`. What is not a number is left out. */
  static parse(data: Buffer | null): QuotaFacts {
    const facts: QuotaFacts = new Map()
    for (const pair of (data?.toString('utf8') ?? '').split(/[,;]+/)) {
      const [key, value] = pair.split('=')
      if (key === undefined || key === '' || value === undefined) continue
      const number = value === '' ? -1 : Number(value)
      if (Number.isFinite(number)) facts.set(key, number)
    }
    return facts
  }

  static format(facts: QuotaFacts): Buffer {
    const others = [...facts].filter(([key]) => key !== 'count' && key !== 'bytes').sort(([a], [b]) => (a < b ? -1 : 1))
    const tail = others.length === 0 ? '' : `=${others.map(([key, value]) => `;${key}=${value}`).join('')}`
    return Buffer.from(`count=${facts.get('count') ?? -1},bytes=${facts.get('bytes') ?? -1}${tail}`)
  }
}
