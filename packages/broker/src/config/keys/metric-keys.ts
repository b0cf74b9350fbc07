import { key } from '../config-key.ts'

/** Keys of metrics and telemetry. */
export const metricKeys = {
  autoIncludeJmxReporter: key.boolean(
    'auto.include.jmx.reporter',
    'true',
    'Whether metrics can be read over JMX in Apache Kafka. Here they are at /metrics, for Prometheus.',
    { importance: 'low', effect: 'never' },
  ),
  kafkaMetricsReporters: key.list(
    'kafka.metrics.reporters',
    '',
    'Java classes that receive metrics in Apache Kafka. This broker shows its own at /metrics.',
    { importance: 'low', effect: 'never' },
  ),
  kafkaMetricsPollingIntervalSecs: key.int(
    'kafka.metrics.polling.interval.secs',
    '10',
    'How often such classes are given metrics.',
    { atLeast: 1, importance: 'low', effect: 'never' },
  ),
  metricsNumSamples: key.int(
    'metrics.num.samples',
    '2',
    'Samples behind each rate in Apache Kafka. Here metrics are counters, whose rates whoever reads them works out.',
    { atLeast: 1, importance: 'low', effect: 'accepted' },
  ),
  metricsSampleWindowMs: key.long(
    'metrics.sample.window.ms',
    '30000',
    'The length of each of those samples in Apache Kafka; the value is accepted and shown.',
    { atLeast: 1, importance: 'low', effect: 'accepted' },
  ),
  metricsRecordingLevel: key.string(
    'metrics.recording.level',
    'INFO',
    'How much is measured in Apache Kafka. Here all is measured.',
    { importance: 'low', effect: 'accepted' },
  ),
  telemetryMaxBytes: key.int(
    'telemetry.max.bytes',
    '1048576',
    'The most bytes that a client may push as its own metrics at a time (KIP-714).',
    { atLeast: 1, importance: 'low' },
  ),
}
