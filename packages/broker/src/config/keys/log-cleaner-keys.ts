import { key } from '../config-key.ts'

const clusterWide = { scope: 'cluster-wide' } as const

/** Keys of compaction. */
export const logCleanerKeys = {
  logCleanerEnable: key.boolean('log.cleaner.enable', 'true', 'Whether compacted topics are compacted.', {
    effect: 'not yet',
  }),
  logCleanerThreads: key.int(
    'log.cleaner.threads',
    '1',
    'Threads for compaction in Apache Kafka; the value is accepted and shown.',
    { atLeast: 0, ...clusterWide, effect: 'not yet' },
  ),
  logCleanerIoMaxBytesPerSecond: key.double(
    'log.cleaner.io.max.bytes.per.second',
    '1.7976931348623157E308',
    'The most bytes per second that compaction reads and writes.',
    { ...clusterWide, effect: 'not yet' },
  ),
  logCleanerDedupeBufferSize: key.long(
    'log.cleaner.dedupe.buffer.size',
    '134217728',
    'Memory for the keys of a log that is being compacted.',
    { ...clusterWide, effect: 'not yet' },
  ),
  logCleanerIoBufferSize: key.int(
    'log.cleaner.io.buffer.size',
    '524288',
    'Memory for reading and writing during compaction.',
    { atLeast: 0, ...clusterWide, effect: 'not yet' },
  ),
  logCleanerIoBufferLoadFactor: key.double(
    'log.cleaner.io.buffer.load.factor',
    '0.9',
    'How full the memory for keys may get.',
    { ...clusterWide, effect: 'not yet' },
  ),
  logCleanerBackoffMs: key.long('log.cleaner.backoff.ms', '15000', 'The pause when there is nothing to compact.', {
    atLeast: 0,
    ...clusterWide,
    effect: 'not yet',
  }),
  logCleanerMinCleanableRatio: key.double(
    'log.cleaner.min.cleanable.ratio',
    '0.5',
    'The share of a log that must be uncompacted before it is compacted again.',
    { atLeast: 0, atMost: 1, ...clusterWide, effect: 'not yet' },
  ),
  logCleanerDeleteRetentionMs: key.long(
    'log.cleaner.delete.retention.ms',
    '86400000',
    'How long the mark of a deleted key stays.',
    { atLeast: 0, ...clusterWide, effect: 'not yet' },
  ),
  logCleanerMinCompactionLagMs: key.long(
    'log.cleaner.min.compaction.lag.ms',
    '0',
    'How long a record stays uncompacted at least.',
    { atLeast: 0, ...clusterWide, effect: 'not yet' },
  ),
  logCleanerMaxCompactionLagMs: key.long(
    'log.cleaner.max.compaction.lag.ms',
    '9223372036854775807',
    'How long a record stays uncompacted at most.',
    { atLeast: 1, ...clusterWide, effect: 'not yet' },
  ),
}
