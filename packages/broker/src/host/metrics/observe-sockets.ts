import type { LabelValues, MetricsRegistry } from '@odradek/base'
import type { ConnectionAdmission } from '../socket/connection-admission.ts'
import { metricName } from './metric-name.ts'

/** Metrics of connections (Kafka: socket-server-metrics, by listener), and of what waits for them. */
export function observeSockets(
  metrics: MetricsRegistry,
  admission: ConnectionAdmission,
  requestBytes: () => number,
  queuedRequests: () => number,
): void {
  metrics.collect(
    metricName('kafka.server', 'socket-server-metrics', 'connection-count'),
    'gauge',
    'Open connections of a listener.',
    function* (): Generator<readonly [LabelValues, number]> {
      for (const [listener, count] of admission.openByListener) yield [{ listener }, count]
    },
  )
  metrics.collect(
    metricName('kafka.server', 'socket-server-metrics', 'connection-creation-total'),
    'counter',
    'Connections of a listener that were let in.',
    function* (): Generator<readonly [LabelValues, number]> {
      for (const [listener, count] of admission.openedByListener) yield [{ listener }, count]
    },
  )
  metrics.observe(
    'odradek_socketserver_waiting_connections',
    'Connections that are not let in yet.',
    () => admission.waitingCount,
  )
  metrics.observe(
    metricName('kafka.network', 'RequestChannel', 'RequestQueueSize'),
    'Requests that have come and are not begun.',
    queuedRequests,
  )
  metrics.observe('odradek_socketserver_request_bytes', 'Bytes of requests held in memory.', requestBytes)
}
