import type { LabelValues, MetricsRegistry } from '@odradek/base'
import type { FetchSessionCache } from '../../core/fetch-session/fetch-session-cache.ts'
import { metricName } from './metric-name.ts'

/** Metrics of fetch sessions (Kafka: FetchSessionCache). */
export function observeFetchSessions(metrics: MetricsRegistry, sessions: FetchSessionCache): void {
  const nameOf = (name: string): string => metricName('kafka.server', 'FetchSessionCache', name)
  metrics.observe(nameOf('NumIncrementalFetchSessions'), 'Fetch sessions that are kept.', () => sessions.size)
  metrics.observe(
    nameOf('NumIncrementalFetchPartitionsCached'),
    'Partitions of all fetch sessions.',
    () => sessions.partitionCount,
  )
  metrics.collect(
    nameOf('IncrementalFetchSessionEvictionsPerSec'),
    'counter',
    'Fetch sessions that made room for others.',
    (): readonly (readonly [LabelValues, number])[] => [[{}, sessions.evictions]],
  )
}
