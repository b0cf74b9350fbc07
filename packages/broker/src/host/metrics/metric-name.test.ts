import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricName } from './metric-name.ts'

test('metrics are named as dashboards know them', () => {
  const expectations: [args: [string, string, string], name: string][] = [
    [['kafka.server', 'BrokerTopicMetrics', 'MessagesInPerSec'], 'kafka_server_brokertopicmetrics_messagesin_total'],
    [['kafka.network', 'RequestMetrics', 'TotalTimeMs'], 'kafka_network_requestmetrics_totaltimems'],
    [
      ['kafka.network', 'SocketServer', 'NetworkProcessorAvgIdlePercent'],
      'kafka_network_socketserver_networkprocessoravgidle_percent',
    ],
    [['kafka.log', 'Log', 'Size'], 'kafka_log_log_size'],
    [
      ['kafka.server', 'socket-server-metrics', 'connection-count'],
      'kafka_server_socket_server_metrics_connection_count',
    ],
  ]
  for (const [args, name] of expectations) assert.equal(metricName(...args), name)
})
