import type { MetricsRegistry } from '@odradek/base'
import type { ServerState } from '../core/server-state.ts'

/** Shows the state in the process' metrics, and returns what records each sync of the log. */
export function registerServerMetrics(
  metrics: MetricsRegistry,
  state: ServerState,
): (durationMs: number, count: number) => void {
  const { tree, sessions } = state
  metrics.observe('zookeeper_znode_count', 'Nodes in the tree', () => tree.nodeCount)
  metrics.observe('zookeeper_approximate_data_size', 'Bytes of paths and data', () => tree.sizeBytes)
  metrics.observe('zookeeper_ephemerals_count', 'Ephemeral nodes', () => tree.ephemeralCount)
  metrics.observe('zookeeper_global_sessions', 'Sessions that are alive', () => sessions.size)
  metrics.observe(
    'zookeeper_watch_count',
    'Watches',
    () => tree.watches.data.watchCount + tree.watches.children.watchCount,
  )
  const duration = metrics.histogram(
    'zookeeper_fsynctime',
    'Milliseconds that writing and syncing the transaction log took',
  )
  const batch = metrics.histogram('zookeeper_sync_processor_batch_size', 'Transactions that one sync covered')
  return (durationMs, count) => {
    duration.record(durationMs)
    batch.record(count)
  }
}
