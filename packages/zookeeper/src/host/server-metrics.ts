import type { Counter, Histogram, MetricsRegistry } from '@odradek/base'
import type { ServerState } from '../core/server-state.ts'

/** What the server counts itself. */
export interface ServerMetrics {
  /** Milliseconds that writing and syncing the log took. */
  readonly syncDuration: Histogram
  /** Transactions that one sync covered. */
  readonly syncBatchSize: Histogram
  readonly digestMismatches: Counter
}

/** Shows the state in the process' metrics. */
export function registerServerMetrics(metrics: MetricsRegistry, { tree, sessions }: ServerState): ServerMetrics {
  const { data, children } = tree.watches
  metrics.observe('zookeeper_znode_count', 'Nodes in the tree', () => tree.nodeCount)
  metrics.observe('zookeeper_approximate_data_size', 'Bytes of paths and data', () => tree.sizeBytes)
  metrics.observe('zookeeper_ephemerals_count', 'Ephemeral nodes', () => tree.owned.ephemeralCount)
  metrics.observe('zookeeper_global_sessions', 'Sessions that are alive', () => sessions.size)
  metrics.observe('zookeeper_watch_count', 'Watches', () => data.watchCount + children.watchCount)
  return {
    syncDuration: metrics.histogram('zookeeper_fsynctime', 'Milliseconds of writing and syncing the transaction log'),
    syncBatchSize: metrics.histogram('zookeeper_sync_processor_batch_size', 'Transactions that one sync covered'),
    digestMismatches: metrics.counter(
      'zookeeper_digest_mismatches_count',
      'Transactions after which the tree was not what it should be',
    ),
  }
}
