import { key } from '../config-key.ts'
import { metadataVersionFault } from '../metadata-version.ts'

const LONG_MAX = '9223372036854775807'
const clusterWide = { scope: 'cluster-wide' } as const

/** Keys of the log directories and, as defaults of all topics, of their logs. */
export const logKeys = {
  logDir: key.string('log.dir', '/tmp/kafka-logs', 'The directory of the logs, where log.dirs is not set.', {
    importance: 'high',
  }),
  logDirs: key.string('log.dirs', null, 'The directories of the logs, separated by commas.', { importance: 'high' }),
  logSegmentBytes: key.long(
    'log.segment.bytes',
    '1073741824',
    'The size at which a new segment file is begun. It may be above 2 GiB here; Apache Kafka ends there.',
    { atLeast: 14, importance: 'high', ...clusterWide },
  ),
  logRollMs: key.long('log.roll.ms', null, 'The age at which a new segment is begun. Without it, log.roll.hours.', {
    importance: 'high',
    ...clusterWide,
  }),
  logRollHours: key.int('log.roll.hours', '168', 'The age in hours at which a new segment is begun.', {
    atLeast: 1,
    importance: 'high',
  }),
  logRollJitterMs: key.long(
    'log.roll.jitter.ms',
    null,
    'The most that is taken at random off log.roll.ms, so that not all segments begin at once. Without it, log.roll.jitter.hours.',
    { importance: 'high', ...clusterWide },
  ),
  logRollJitterHours: key.int('log.roll.jitter.hours', '0', 'log.roll.jitter.ms in hours.', {
    atLeast: 0,
    importance: 'high',
  }),
  logRetentionMs: key.long(
    'log.retention.ms',
    null,
    'How long records are kept; -1 for ever. Without it, log.retention.minutes, then log.retention.hours.',
    { importance: 'high', ...clusterWide },
  ),
  logRetentionMinutes: key.int('log.retention.minutes', null, 'log.retention.ms in minutes.', { importance: 'high' }),
  logRetentionHours: key.int('log.retention.hours', '168', 'log.retention.ms in hours.', { importance: 'high' }),
  logRetentionBytes: key.long(
    'log.retention.bytes',
    '-1',
    'The size of a partition above which its oldest segments go; -1 for no limit.',
    { importance: 'high', ...clusterWide },
  ),
  logRetentionCheckIntervalMs: key.long(
    'log.retention.check.interval.ms',
    '300000',
    'How often logs are looked through for segments that may go.',
    { atLeast: 1 },
  ),
  logCleanupPolicy: key.list(
    'log.cleanup.policy',
    'delete',
    'What happens to old records: delete, compact (the newest of each key stays), or both.',
    { oneOf: ['compact', 'delete'], ...clusterWide },
  ),
  logIndexSizeMaxBytes: key.int('log.index.size.max.bytes', '10485760', 'The largest offset index of a segment.', {
    atLeast: 4,
    ...clusterWide,
  }),
  logIndexIntervalBytes: key.int(
    'log.index.interval.bytes',
    '4096',
    'How many bytes of log lie between two index entries.',
    { atLeast: 0, ...clusterWide },
  ),
  logFlushIntervalMessages: key.long(
    'log.flush.interval.messages',
    LONG_MAX,
    'After how many records a log is synced to disk.',
    { atLeast: 1, importance: 'high', ...clusterWide },
  ),
  logSegmentDeleteDelayMs: key.long(
    'log.segment.delete.delay.ms',
    '60000',
    'How long the files of a deleted segment stay on disk.',
    { atLeast: 0, importance: 'high', ...clusterWide },
  ),
  logFlushSchedulerIntervalMs: key.long(
    'log.flush.scheduler.interval.ms',
    LONG_MAX,
    'How often it is checked whether a log is to be synced.',
    { importance: 'high' },
  ),
  logFlushIntervalMs: key.long(
    'log.flush.interval.ms',
    null,
    'How long a record may wait for a sync to disk. Without it, log.flush.scheduler.interval.ms.',
    { importance: 'high', ...clusterWide },
  ),
  logFlushOffsetCheckpointIntervalMs: key.int(
    'log.flush.offset.checkpoint.interval.ms',
    '60000',
    'How often the offsets up to which logs are synced are written down.',
    { atLeast: 0, importance: 'high' },
  ),
  logFlushStartOffsetCheckpointIntervalMs: key.int(
    'log.flush.start.offset.checkpoint.interval.ms',
    '60000',
    'How often the first offsets of the logs are written down.',
    { atLeast: 0, importance: 'high', effect: 'accepted' },
  ),
  logPreallocate: key.boolean('log.preallocate', 'false', 'Whether a segment takes its whole size on disk at once.', {
    ...clusterWide,
  }),
  numRecoveryThreadsPerDataDir: key.int(
    'num.recovery.threads.per.data.dir',
    '1',
    'How many logs of one directory are opened, and where needed recovered, at the same time at the start: while one waits for the disk another is checked.',
    { atLeast: 1, importance: 'high', ...clusterWide },
  ),
  minInsyncReplicas: key.int(
    'min.insync.replicas',
    '1',
    'How many replicas must be in sync for a write with acks=all to be taken.',
    { atLeast: 1, importance: 'high', ...clusterWide },
  ),
  logMessageFormatVersion: key.string(
    'log.message.format.version',
    '3.0-IV1',
    'The format of records on disk. Kept for old configuration files: it is always that of 3.0.',
    { check: (value: string) => metadataVersionFault(value), effect: 'accepted' },
  ),
  logMessageTimestampType: key.string(
    'log.message.timestamp.type',
    'CreateTime',
    'Whether a record keeps its producer’s time or gets that of its arrival.',
    { oneOf: ['CreateTime', 'LogAppendTime'], ...clusterWide },
  ),
  logMessageTimestampDifferenceMaxMs: key.long(
    'log.message.timestamp.difference.max.ms',
    LONG_MAX,
    'How far a record’s time may be from the broker’s. Old: use the two keys below.',
    { atLeast: 0, ...clusterWide },
  ),
  logMessageTimestampBeforeMaxMs: key.long(
    'log.message.timestamp.before.max.ms',
    LONG_MAX,
    'How far a record’s time may lie before the broker’s.',
    { atLeast: 0, ...clusterWide },
  ),
  logMessageTimestampAfterMaxMs: key.long(
    'log.message.timestamp.after.max.ms',
    LONG_MAX,
    'How far a record’s time may lie after the broker’s.',
    { atLeast: 0, ...clusterWide },
  ),
  logMessageDownconversionEnable: key.boolean(
    'log.message.downconversion.enable',
    'true',
    'Whether old consumers get records in their format. This broker serves no consumer that needs it.',
    { importance: 'low', ...clusterWide, effect: 'never' },
  ),
  logInitialTaskDelayMs: key.long(
    'log.initial.task.delay.ms',
    '30000',
    'How long after the start the first look through the logs comes in Apache Kafka, for tests.',
    { atLeast: 0, importance: 'low', isInternal: true, effect: 'accepted' },
  ),
  logDirFailureTimeoutMs: key.long(
    'log.dir.failure.timeout.ms',
    '30000',
    'How long a broker whose log directory failed may go on without having told the controller.',
    { atLeast: 1, importance: 'low', effect: 'never' },
  ),
  logLocalRetentionMs: key.long(
    'log.local.retention.ms',
    '-2',
    'How long segments stay here once they are in remote storage, which this broker does not have; -2 for log.retention.ms.',
    { atLeast: -2, ...clusterWide, effect: 'not yet' },
  ),
  logLocalRetentionBytes: key.long(
    'log.local.retention.bytes',
    '-2',
    'How many bytes stay here once they are in remote storage, which this broker does not have; -2 for log.retention.bytes.',
    { atLeast: -2, ...clusterWide, effect: 'not yet' },
  ),
}
