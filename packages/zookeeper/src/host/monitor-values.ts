import type { CommandContext } from './command-context.ts'
import { versionText } from './version.ts'

/** The real server's names for what the command mntr (there with the prefix `zk_`) and the AdminServer's monitor tell. */
export function monitorValues(context: CommandContext): [name: string, value: string | number][] {
  const { state, statistics } = context
  const { tree, sessions } = state
  const { data, children } = tree.watches
  return [
    ['version', versionText],
    ['server_state', 'standalone'],
    ['avg_latency', statistics.averageText],
    ['znode_count', tree.nodeCount],
    ['watch_count', data.watchCount + children.watchCount],
    ['ephemerals_count', tree.owned.ephemeralCount],
    ['approximate_data_size', tree.sizeBytes],
    ['global_sessions', sessions.size],
    ...monitorGauges(context).filter(([name]) => name !== 'avg_latency'),
    ...context.metrics.values(),
  ]
}

/** Those gauges that neither the tree nor the sessions know. */
export function monitorGauges(context: CommandContext): [name: string, value: number][] {
  const { statistics, connections, outstandingCount, startedMs, nowMs, metrics, plainConnectionCounts } = context
  const { open, max } = context.fileDescriptors()
  return [
    ['avg_latency', Number(statistics.averageText)],
    ['max_latency', statistics.maxMs],
    ['min_latency', statistics.minMs],
    ['packets_received', statistics.receivedCount],
    ['packets_sent', statistics.sentCount],
    ['num_alive_connections', connections.size],
    ['outstanding_requests', outstandingCount],
    ['local_sessions', 0],
    ['last_client_response_size', statistics.responseSizeBytesLast],
    ['max_client_response_size', statistics.responseSizeBytesMax],
    ['min_client_response_size', statistics.responseSizeBytesMin],
    ['connection_drop_probability', context.connectionDropProbability],
    ['last_proposal_size', metrics.proposals.last],
    ['max_proposal_size', metrics.proposals.max],
    ['min_proposal_size', metrics.proposals.min],
    ['open_file_descriptor_count', open],
    ['max_file_descriptor_count', max],
    ['non_mtls_local_conn_count', plainConnectionCounts.local],
    ['non_mtls_remote_conn_count', plainConnectionCounts.remote],
    ['uptime', Math.floor(nowMs - startedMs)],
  ]
}
