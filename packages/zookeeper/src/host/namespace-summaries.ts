import type { Histogram, MetricsRegistry } from '@odradek/base'

/** Nodes right below the root, so that clients cannot make metrics without end. Those that come later are not told apart. */
const namespacesMax = 1000

/** A metric of ZooKeeper's kind `SummarySet`: one summary for each node right below the root, over all that is done in its subtree. */
export class NamespaceSummaries {
  readonly #metrics: MetricsRegistry
  readonly #name: string
  readonly #help: string
  readonly #summaries = new Map<string, Histogram>()

  constructor(metrics: MetricsRegistry, name: string, help: string) {
    this.#metrics = metrics
    this.#name = name
    this.#help = help
  }

  /** The root itself is in no namespace. */
  record(path: string, sizeBytes: number): void {
    const slash = path.indexOf('/', 1)
    const namespace = slash === -1 ? path.slice(1) : path.slice(1, slash)
    if (namespace !== '') this.#summaryOf(namespace)?.record(sizeBytes)
  }

  #summaryOf(namespace: string): Histogram | undefined {
    let summary = this.#summaries.get(namespace)
    if (summary === undefined && this.#summaries.size < namespacesMax) {
      // A copy: a slice would keep the path that it was cut from.
      const key = Buffer.from(namespace).toString()
      summary = this.#metrics.histogram(this.#name, this.#help, { key })
      this.#summaries.set(key, summary)
    }
    return summary
  }

  /** By the names that mntr gives them. */
  entries(): (readonly [name: string, summary: Histogram])[] {
    return [...this.#summaries].map(([namespace, summary]) => [`${namespace}_${this.#name}`, summary])
  }
}
