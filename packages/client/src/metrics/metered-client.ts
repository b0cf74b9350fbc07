import type { Cluster } from '../cluster/cluster.ts'
import type { ApplicationMetric, ClientMetric } from './client-metrics.ts'

/** What every client shows of what it measures. */
export class MeteredClient {
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** What it measures, under the names of Kafka's own clients. */
  metrics(): ClientMetric[] {
    return this.#cluster.metrics.read()
  }

  /** Shows, and pushes to the cluster, a metric of the application's own beside the client's (KIP-1076). */
  registerMetricForSubscription(metric: ApplicationMetric): void {
    this.#cluster.metrics.register(metric)
  }

  unregisterMetricFromSubscription(metric: ApplicationMetric): void {
    this.#cluster.metrics.unregister(metric)
  }

  /** The id that the cluster has given this client, under which its metrics are found (KIP-714). Rejects with `ClientError`: WRONG_STATE when `enable.metrics.push` is off. */
  clientInstanceId({ timeoutMs = 30_000 }: { readonly timeoutMs?: number } = {}): Promise<string> {
    return this.#cluster.clientInstanceId(timeoutMs)
  }
}
