// What Apache's AdminServer tells at /commands/NAME, with its names: people's monitors read them.
import type { TrafficStatistics } from '../server-statistics.ts'
import type { ClientConnection } from '../client-connection.ts'
import type { CommandContext } from '../command-context.ts'
import { monitorValues } from '../monitor-values.ts'
import { versionText } from '../version.ts'
import type { WatchTable } from '../../core/watch/watch-table.ts'

export type Fields = Readonly<Record<string, unknown>>

interface AdminCommand {
  /** The first one is the name that the answer shows and that the list of commands has. */
  readonly names: readonly [string, ...string[]]
  run(context: CommandContext, parameters: URLSearchParams): Fields
}

const none: Fields = {}
function responseSizesOf(statistics: TrafficStatistics): Fields {
  return {
    last_buffer_size: statistics.responseSizeBytesLast,
    min_buffer_size: statistics.responseSizeBytesMin,
    max_buffer_size: statistics.responseSizeBytesMax,
  }
}

function statisticsOf(context: CommandContext): Fields {
  const { state, statistics, connections } = context
  const sizes = context.sizesBytes()
  return {
    packets_sent: statistics.sentCount,
    packets_received: statistics.receivedCount,
    max_latency: statistics.maxMs,
    min_latency: statistics.minMs,
    avg_latency: Number(statistics.averageText),
    num_alive_client_connections: connections.size,
    outstanding_requests: context.outstandingCount,
    server_state: 'standalone',
    fsync_threshold_exceed_count: context.metrics.slowSyncCount,
    auth_failed_count: context.metrics.counters.authFailed.value,
    non_mtlslocal_conn_count: 0,
    non_mtlsremote_conn_count: 0,
    uptime: Math.floor(context.nowMs - context.startedMs),
    client_response_stats: responseSizesOf(statistics),
    provider_null: false,
    data_dir_size: sizes.snapshots,
    log_dir_size: sizes.logs,
    last_processed_zxid: state.tree.lastProcessedZxid,
  }
}

function latencyOf(statistics: TrafficStatistics): Fields {
  return {
    min_latency: statistics.minMs,
    avg_latency: Math.floor(Number(statistics.averageText)),
    max_latency: statistics.maxMs,
  }
}

function briefOf({ connection, hasSession, statistics }: ClientConnection): Fields {
  return {
    remote_socket_address: `${connection.remoteAddress}:${connection.remotePort}`,
    interest_ops: hasSession ? 1 : 0,
    outstanding_requests: 0,
    packets_received: statistics.receivedCount,
    packets_sent: statistics.sentCount,
  }
}

function connectionOf(client: ClientConnection, { nowMs, wallMs }: CommandContext): Fields {
  return {
    ...briefOf(client),
    session_id: client.sessionId,
    established: Math.floor(wallMs - (nowMs - client.establishedMs)),
    session_timeout: client.timeoutMs,
    last_cxid: client.lastXid,
    last_zxid: client.lastZxid,
    ...latencyOf(client.statistics),
  }
}

function serverStats(context: CommandContext): Fields {
  return {
    version: versionText,
    read_only: false,
    server_stats: statisticsOf(context),
    client_response: responseSizesOf(context.statistics),
    node_count: context.state.tree.nodeCount,
  }
}

/** The numbers that mntr writes with a decimal are numbers here. */
function monitor(context: CommandContext): Fields {
  return Object.fromEntries(
    monitorValues(context).map(([name, value]) => [name, /^\d+\.\d+$/.test(String(value)) ? Number(value) : value]),
  )
}

/** One list from two tables. */
function merged<Key>(
  tables: readonly WatchTable[],
  entries: (table: WatchTable) => Iterable<[key: Key, values: Iterable<unknown>]>,
): Map<string, unknown[]> {
  const all = new Map<string, Set<unknown>>()
  for (const [key, values] of tables.flatMap((table) => [...entries(table)])) {
    const known = all.get(String(key)) ?? new Set()
    for (const value of values) known.add(value)
    all.set(String(key), known)
  }
  return new Map([...all].map(([key, values]) => [key, [...values]]))
}

function* map<From, To>(values: Iterable<From>, change: (value: From) => To): Iterable<To> {
  for (const value of values) yield change(value)
}

function tablesOf({ state }: CommandContext): WatchTable[] {
  const { data, children } = state.tree.watches
  return [data, children]
}

const commandList: readonly AdminCommand[] = [
  {
    names: ['configuration', 'conf', 'config'],
    run: ({ config, clientPort }) => ({
      client_port: clientPort,
      data_dir: `${config.dataDir}/version-2`,
      data_log_dir: `${config.dataLogDir}/version-2`,
      tick_time: config.tickTimeMs,
      max_client_cnxns: config.maxClientConnections,
      min_session_timeout: config.minSessionTimeoutMs,
      max_session_timeout: config.maxSessionTimeoutMs,
      server_id: 0,
      client_port_listen_backlog: -1,
    }),
  },
  {
    names: ['connections', 'cons'],
    run: (context) => ({
      connections: [...context.connections].map((client) => connectionOf(client, context)),
      secure_connections: [],
    }),
  },
  {
    names: ['connection_stat_reset', 'crst'],
    run({ connections }) {
      for (const { statistics } of connections) statistics.reset()
      return none
    },
  },
  {
    names: ['dirs'],
    run({ sizesBytes }) {
      const { snapshots, logs } = sizesBytes()
      return { datadir_size: snapshots, logdir_size: logs }
    },
  },
  {
    names: ['dump'],
    run: ({ state, nowMs, wallMs }) => ({
      expiry_time_to_session_ids: Object.fromEntries(
        state.sessions.expiries().map(([expiryMs, ids]) => [Math.floor(wallMs + expiryMs - nowMs), ids]),
      ),
      session_id_to_ephemeral_paths: Object.fromEntries(
        [...state.tree.owned.ephemeralsBySession()].map(([id, paths]) => [String(id), [...paths]]),
      ),
    }),
  },
  {
    names: ['environment', 'env', 'envi'],
    run: ({ hostname }) => ({ 'zookeeper.version': versionText, 'host.name': hostname }),
  },
  {
    names: ['hash'],
    run: ({ state }) => ({
      digests: state.tree.digestLog.map(({ zxid, digest }) => ({ zxid, digest, digest_version: 2 })),
    }),
  },
  { names: ['get_trace_mask', 'gtmk'], run: ({ trace }) => ({ tracemask: trace.mask }) },
  {
    names: ['set_trace_mask', 'stmk'],
    run({ trace }, parameters) {
      const text = parameters.get('traceMask')
      const wanted = 'setTraceMask requires long traceMask argument'
      if (text === null) return { error: wanted }
      if (!/^-?\d{1,18}$/.test(text)) return { error: `${wanted}, got ${text}` }
      trace.mask = BigInt(text)
      return { tracemask: trace.mask }
    },
  },
  { names: ['initial_configuration', 'icfg'], run: () => ({ initial_configuration: '' }) },
  { names: ['is_read_only', 'isro'], run: () => ({ read_only: false }) },
  {
    names: ['last_snapshot', 'lsnp'],
    run: ({ snapshotZxid, snapshotWallMs }) => ({
      zxid: `0x${snapshotZxid.toString(16)}`,
      timestamp: Math.floor(snapshotWallMs / 1000),
    }),
  },
  { names: ['leader', 'lead'], run: () => ({ error: 'server is not initialized' }) },
  { names: ['monitor', 'mntr'], run: monitor },
  { names: ['observers', 'obsr'], run: () => ({ synced_observers: 0, observers: [] }) },
  { names: ['observer_connection_stat_reset', 'orst'], run: () => none },
  { names: ['ruok'], run: () => none },
  { names: ['server_stats', 'srvr'], run: serverStats },
  {
    names: ['stats', 'stat'],
    run: (context) => ({ ...serverStats(context), connections: [...context.connections].map(briefOf) }),
  },
  {
    names: ['stat_reset', 'srst'],
    run({ statistics }) {
      statistics.reset()
      return none
    },
  },
  { names: ['system_properties', 'sysp'], run: () => none },
  { names: ['voting_view'], run: () => ({ current_config: {} }) },
  {
    names: ['watches', 'wchc'],
    run: (context) => ({
      session_id_to_watched_paths: merged(tablesOf(context), (table) =>
        map(table.byWatcher(), ([{ sessionId }, paths]) => [sessionId, paths]),
      ),
    }),
  },
  {
    names: ['watches_by_path', 'wchp'],
    run: (context) => ({
      path_to_session_ids: merged(tablesOf(context), (table) =>
        map(table.byPath(), ([path, watchers]) => [path, map(watchers, ({ sessionId }) => sessionId)]),
      ),
    }),
  },
  {
    names: ['watch_summary', 'wchs'],
    run(context) {
      const tables = tablesOf(context)
      const sum = (of: (table: WatchTable) => number): number => tables.reduce((total, table) => total + of(table), 0)
      return {
        num_connections: sum(({ watcherCount }) => watcherCount),
        num_paths: sum(({ pathCount }) => pathCount),
        num_total_watches: sum(({ watchCount }) => watchCount),
      }
    },
  },
  { names: ['zabstate'], run: () => ({ voting: false, zabstate: '' }) },
]

/** By every name. */
export const adminCommands: ReadonlyMap<string, AdminCommand> = new Map(
  commandList.flatMap((command) => command.names.map((name) => [name, command])),
)

/** The names that the page of commands lists, with those that the server itself answers. */
export const adminCommandNames: readonly string[] = [
  ...commandList.map(({ names: [name] }) => name),
  'restore',
  'snapshot',
].sort()
