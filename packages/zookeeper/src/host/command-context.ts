import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import type { ServerState } from '../core/server-state.ts'
import type { ClientConnection } from './client-connection.ts'
import type { ServerMetrics } from './server-metrics.ts'
import type { TrafficStatistics } from './server-statistics.ts'

/** What the commands look at. */
export interface CommandContext {
  readonly config: ZooKeeperServerConfig
  readonly state: ServerState
  readonly statistics: TrafficStatistics
  readonly connections: ReadonlySet<ClientConnection>
  readonly outstandingCount: number
  /** That a connection is refused, by chance. */
  readonly connectionDropProbability: number
  readonly clientPort: number
  /** -1: there is none. */
  readonly secureClientPort: number
  readonly hostname: string
  readonly startedMs: number
  readonly nowMs: number
  readonly wallMs: number
  readonly snapshotZxid: bigint
  readonly snapshotWallMs: number
  readonly metrics: ServerMetrics
  /** What gtmk and stmk ask for and set; nothing is traced by it here. */
  readonly trace: { mask: bigint }
  /** Connections so far whose clients showed no certificate, from this machine and from others. */
  readonly plainConnectionCounts: { readonly local: number; readonly remote: number }
  readonly fileDescriptors: () => { open: number; max: number }
  readonly sizesBytes: () => { snapshots: number; logs: number }
}
