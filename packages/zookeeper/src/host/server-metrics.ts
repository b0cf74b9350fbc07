import type { Counter, Histogram, MetricsRegistry } from '@odradek/base'
import { WatchEventType } from '@odradek/zookeeper-protocol'
import type { ServerState } from '../core/server-state.ts'
import { NamespaceSummaries } from './namespace-summaries.ts'

/** What the server counts, under the names of Apache's metrics. Those of ensembles and of Java's queues and threads have nothing here to count. */
const counters = {
  authFailed: ['auth_failed_count', 'Authentications that were refused'],
  bytesReceived: ['bytes_received_count', 'Bytes of packets that clients sent'],
  commits: ['commit_count', 'Transactions that were applied'],
  connectionsRejected: ['connection_rejected', 'Connections that were refused: maxClientCnxns'],
  connectionRequests: ['connection_request_count', 'Sessions that were asked for or come back to'],
  connectionsDropped: [
    'connection_drop_count',
    'Connections that were cut off: what they sent was no packet, or they did not read',
  ],
  digestMismatches: ['digest_mismatches_count', 'Transactions after which the tree was not what it should be'],
  largeRequestsRejected: ['large_requests_rejected', 'Packets above jute.maxbuffer'],
  requestsWaited: ['request_throttle_wait_count', 'Times that a connection was not read: globalOutstandingLimit'],
  responseBytes: ['response_bytes', 'Bytes of packets that were sent'],
  restoreErrors: ['restore_error_count', 'Restores that failed'],
  sessionlessExpired: ['sessionless_connections_expired', 'Connections closed because they asked for no session'],
  sessionsExpired: ['stale_sessions_expired', 'Sessions whose time was up'],
  staleReplies: ['stale_replies', 'Answers whose client was gone'],
  staleRequests: ['stale_requests', 'Requests that went on although nobody may have waited for them any more'],
  staleRequestsDropped: ['stale_requests_dropped', 'Requests that nobody waited for any more'],
  throttledOperations: ['throttled_ops', 'Requests that were answered with THROTTLEDOP'],
  snapshotErrors: ['snapshot_error_count', 'Snapshots that failed'],
  restoresLimited: ['restore_rate_limited_count', 'Restores that were asked for too soon after another'],
  snapshotsLimited: ['snapshot_rate_limited_count', 'Snapshots that were asked for too soon after another'],
  snapshots: ['snap_count', 'Snapshots that were written'],
  watchBytes: ['watch_bytes', 'Bytes of events that were sent to watchers'],
  unrecoverableErrors: ['unrecoverable_error_count', 'Failures that end the process'],
} as const

const summaries = {
  dbInitTime: ['dbinittime', 'Milliseconds of loading the data directory'],
  fsyncTime: ['fsynctime', 'Milliseconds of writing and syncing the transaction log'],
  nodeChangedWatches: ['node_changed_watch_count', 'Watchers that a change of data told'],
  nodeChildrenWatches: ['node_children_watch_count', 'Watchers that a change of children told'],
  nodeCreatedWatches: ['node_created_watch_count', 'Watchers that a creation told'],
  nodeDeletedWatches: ['node_deleted_watch_count', 'Watchers that a deletion told'],
  connectionTokenDeficit: [
    'connection_token_deficit',
    'Tokens of the connection throttle that were taken when a session was asked for',
  ],
  requestThrottleQueueTime: [
    'request_throttle_queue_time_ms',
    'Milliseconds that requests waited: request_throttle_max_requests',
  ],
  readLatency: ['readlatency', 'Milliseconds from a read to its answer'],
  restoreTime: ['restore_time', 'Milliseconds of a restore'],
  snapshotTime: ['snapshottime', 'Milliseconds of writing a snapshot'],
  startupSnapshotTime: ['startup_snap_load_time', 'Milliseconds of loading the snapshot at a start'],
  startupTransactionsTime: ['startup_txns_load_time', 'Milliseconds of replaying the log at a start'],
  startupTransactions: ['startup_txns_loaded', 'Transactions that the log brought beyond the snapshot at a start'],
  syncBatchSize: ['sync_processor_batch_size', 'Transactions that one sync covered'],
  updateLatency: ['updatelatency', 'Milliseconds from a write to its answer'],
} as const

/** What an answer has beside path and data. */
const statSizeBytes = 68

/** Of these the command mntr shows quantiles too, as Apache's does. */
const advancedSummaries: ReadonlySet<string> = new Set([summaries.readLatency[0], summaries.updateLatency[0]])

export type ServerCounters = { readonly [Name in keyof typeof counters]: Counter }
export type ServerSummaries = { readonly [Name in keyof typeof summaries]: Histogram }

/** What the server counts itself, in the metrics of its process. */
export class ServerMetrics {
  readonly counters: ServerCounters
  readonly summaries: ServerSummaries
  readonly proposals = new ProposalSizes()
  readonly #reads: NamespaceSummaries
  readonly #writes: NamespaceSummaries
  /** Syncs that took longer than `fsync.warningthresholdms`. */
  slowSyncCount = 0

  constructor(metrics: MetricsRegistry) {
    this.counters = Object.fromEntries(
      Object.entries(counters).map(([key, [name, help]]) => [key, metrics.counter(name, help)]),
    ) as ServerCounters
    this.summaries = Object.fromEntries(
      Object.entries(summaries).map(([key, [name, help]]) => [key, metrics.histogram(name, help)]),
    ) as ServerSummaries
    const what = 'nodes, by the node right below the root: their paths, and'
    this.#reads = new NamespaceSummaries(
      metrics,
      'read_per_namespace',
      `Bytes of reads of ${what} what was told of them`,
    )
    this.#writes = new NamespaceSummaries(metrics, 'write_per_namespace', `Bytes of writes of ${what} their new data`)
  }

  /** Counts the reads and writes of each subtree right below the root. */
  countTraffic({ tree }: ServerState): void {
    tree.onRead = (path, sizeBytes) => this.#reads.record(path, path.length + sizeBytes + statSizeBytes)
    tree.onWritten = (path, sizeBytes) => this.#writes.record(path, path.length + sizeBytes)
  }

  /** Counts how many watchers each change tells. */
  countWatches({ tree }: ServerState): void {
    const { summaries } = this
    const { data, children } = tree.watches
    const summaryOf = {
      [WatchEventType.nodeCreated]: summaries.nodeCreatedWatches,
      [WatchEventType.nodeDeleted]: summaries.nodeDeletedWatches,
      [WatchEventType.nodeDataChanged]: summaries.nodeChangedWatches,
      [WatchEventType.nodeChildrenChanged]: summaries.nodeChildrenWatches,
    }
    const onTold = (type: WatchEventType, count: number): void =>
      summaryOf[type as keyof typeof summaryOf]?.record(count)
    data.onTold = onTold
    children.onTold = onTold
  }

  /** Names and values as mntr shows them. */
  values(): [name: string, value: number | string][] {
    return [
      ...Object.entries(counters).map(([key, [name]]): [string, number] => [
        name,
        this.counters[key as keyof ServerCounters].value,
      ]),
      ...Object.entries(summaries).flatMap(([key, [name]]) =>
        valuesOfSummary(name, this.summaries[key as keyof ServerSummaries]),
      ),
      ...[...this.#reads.entries(), ...this.#writes.entries()].flatMap(([name, summary]) =>
        valuesOfSummary(name, summary),
      ),
    ]
  }
}

function valuesOfSummary(name: string, summary: Histogram): [name: string, value: number | string][] {
  const { count, sum, min, max } = summary
  const average = count === 0 ? 0 : Math.round((sum / count) * 10_000) / 10_000
  const quantiles = [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
    ['p999', 0.999],
  ] as const
  return [
    [`avg_${name}`, Number.isInteger(average) ? average.toFixed(1) : average],
    [`min_${name}`, Math.floor(min)],
    [`max_${name}`, Math.floor(max)],
    [`cnt_${name}`, count],
    [`sum_${name}`, Math.floor(sum)],
    ...(advancedSummaries.has(name)
      ? quantiles.map(([prefix, share]): [string, number] => [`${prefix}_${name}`, Math.floor(summary.quantile(share))])
      : []),
  ]
}

/** Shows the state of a server in its process' metrics. What `gauges` gives are Apache's gauges. */
export function observeState(
  metrics: MetricsRegistry,
  { tree, sessions }: ServerState,
  gauges: () => readonly [name: string, value: number][],
): void {
  const { data, children } = tree.watches
  metrics.observe('znode_count', 'Nodes in the tree', () => tree.nodeCount)
  metrics.observe('approximate_data_size', 'Bytes of paths and data', () => tree.sizeBytes)
  metrics.observe('ephemerals_count', 'Ephemeral nodes', () => tree.owned.ephemeralCount)
  metrics.observe('global_sessions', 'Sessions that are alive', () => sessions.size)
  metrics.observe('watch_count', 'Watches', () => data.watchCount + children.watchCount)
  for (const [name] of gauges()) {
    metrics.observe(name, 'As the command mntr tells it', () => gauges().find(([known]) => known === name)?.[1] ?? 0)
  }
}

/** Sizes of the entries of the transaction log; -1 while there was none. */
class ProposalSizes {
  last = -1
  min = -1
  max = -1

  add(sizeBytes: number): void {
    this.last = sizeBytes
    if (sizeBytes > this.max) this.max = sizeBytes
    if (this.min === -1 || sizeBytes < this.min) this.min = sizeBytes
  }
}
