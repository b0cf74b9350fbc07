import type { ConfigKey, ConfigValues } from './config-key.ts'
import { key } from './config-key.ts'
import { gzipLevelFault } from './keys/general-keys.ts'
import { metadataVersionFault } from './metadata-version.ts'

const LONG_MAX = '9223372036854775807'
const clusterWide = { scope: 'cluster-wide' } as const

/** What is wrong with a list of `partition:broker`, or undefined (KIP-73). */
function throttledReplicasFault(value: readonly string[]): string | undefined {
  if (value.length === 1 && value[0] === '*') return undefined
  return value.every((item) => /^\d+:\d+$/.test(item))
    ? undefined
    : 'it must be the literal * or a list of partition:broker pairs, separated by commas'
}

/** Every key of a topic's configuration, under the name of its field. Defaults are those of a broker that sets nothing. */
export const topicKeys = {
  cleanupPolicy: key.list(
    'cleanup.policy',
    'delete',
    'What happens to old records: delete, compact (the newest of each key stays), or both.',
    { oneOf: ['compact', 'delete'], ...clusterWide },
  ),
  compressionGzipLevel: key.int('compression.gzip.level', '-1', 'Level for gzip, where compression.type is gzip.', {
    check: (value) => gzipLevelFault(value),
    ...clusterWide,
  }),
  compressionLz4Level: key.int(
    'compression.lz4.level',
    '9',
    'Level for lz4 in Apache Kafka; the library that compresses here has one level. The value is accepted and shown.',
    { atLeast: 1, atMost: 17, ...clusterWide, effect: 'accepted' },
  ),
  compressionType: key.string(
    'compression.type',
    'producer',
    'How batches are stored: as the producer compressed them, not at all, or in one codec for all.',
    { oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'], ...clusterWide },
  ),
  compressionZstdLevel: key.int('compression.zstd.level', '3', 'Level for zstd, where compression.type is zstd.', {
    atLeast: -131072,
    atMost: 22,
    ...clusterWide,
  }),
  deleteRetentionMs: key.long(
    'delete.retention.ms',
    '86400000',
    'How long the mark of a deleted key stays in a compacted topic. A consumer that reads from the start must be through by then.',
    { atLeast: 0, ...clusterWide, effect: 'not yet' },
  ),
  fileDeleteDelayMs: key.long(
    'file.delete.delay.ms',
    '60000',
    'How long the files of a deleted segment stay on disk.',
    { atLeast: 0, ...clusterWide },
  ),
  flushMessages: key.long('flush.messages', LONG_MAX, 'After how many records the log is synced to disk.', {
    atLeast: 1,
    ...clusterWide,
  }),
  flushMs: key.long('flush.ms', LONG_MAX, 'How long a record may wait for a sync to disk.', {
    atLeast: 0,
    ...clusterWide,
  }),
  followerReplicationThrottledReplicas: key.list(
    'follower.replication.throttled.replicas',
    '',
    'Replicas whose fetching is slowed down: partition:broker pairs, or * for all.',
    { check: (value) => throttledReplicasFault(value), ...clusterWide, effect: 'not yet' },
  ),
  indexIntervalBytes: key.int('index.interval.bytes', '4096', 'How many bytes of log lie between two index entries.', {
    atLeast: 0,
    ...clusterWide,
  }),
  leaderReplicationThrottledReplicas: key.list(
    'leader.replication.throttled.replicas',
    '',
    'Replicas whose serving of followers is slowed down: partition:broker pairs, or * for all.',
    { check: (value) => throttledReplicasFault(value), ...clusterWide, effect: 'not yet' },
  ),
  localRetentionBytes: key.long(
    'local.retention.bytes',
    '-2',
    'How many bytes stay here once they are in remote storage, which this broker does not have; -2 for retention.bytes.',
    { atLeast: -2, ...clusterWide, effect: 'not yet' },
  ),
  localRetentionMs: key.long(
    'local.retention.ms',
    '-2',
    'How long segments stay here once they are in remote storage, which this broker does not have; -2 for retention.ms.',
    { atLeast: -2, ...clusterWide, effect: 'not yet' },
  ),
  maxCompactionLagMs: key.long('max.compaction.lag.ms', LONG_MAX, 'How long a record stays uncompacted at most.', {
    atLeast: 1,
    ...clusterWide,
    effect: 'not yet',
  }),
  maxMessageBytes: key.int(
    'max.message.bytes',
    '1048588',
    'The largest record batch, after compression, that the topic accepts. It goes before the broker’s message.max.bytes.',
    { atLeast: 0, ...clusterWide },
  ),
  messageDownconversionEnable: key.boolean(
    'message.downconversion.enable',
    'true',
    'Whether old consumers get records in their format. This broker serves no consumer that needs it.',
    { importance: 'low', ...clusterWide, effect: 'never' },
  ),
  messageFormatVersion: key.string(
    'message.format.version',
    '3.0-IV1',
    'The format of records on disk. Kept for old tools: it is always that of 3.0.',
    { check: (value: string) => metadataVersionFault(value), effect: 'accepted', ...clusterWide },
  ),
  messageTimestampAfterMaxMs: key.long(
    'message.timestamp.after.max.ms',
    LONG_MAX,
    'How far a record’s time may lie after the broker’s.',
    { atLeast: 0, ...clusterWide },
  ),
  messageTimestampBeforeMaxMs: key.long(
    'message.timestamp.before.max.ms',
    LONG_MAX,
    'How far a record’s time may lie before the broker’s.',
    { atLeast: 0, ...clusterWide },
  ),
  messageTimestampDifferenceMaxMs: key.long(
    'message.timestamp.difference.max.ms',
    LONG_MAX,
    'How far a record’s time may be from the broker’s. Old: use the two keys above.',
    { atLeast: 0, ...clusterWide },
  ),
  messageTimestampType: key.string(
    'message.timestamp.type',
    'CreateTime',
    'Whether a record keeps its producer’s time or gets that of its arrival.',
    { oneOf: ['CreateTime', 'LogAppendTime'], ...clusterWide },
  ),
  minCleanableDirtyRatio: key.double(
    'min.cleanable.dirty.ratio',
    '0.5',
    'The share of the log that must be uncompacted before it is compacted again.',
    { atLeast: 0, atMost: 1, ...clusterWide, effect: 'not yet' },
  ),
  minCompactionLagMs: key.long('min.compaction.lag.ms', '0', 'How long a record stays uncompacted at least.', {
    atLeast: 0,
    ...clusterWide,
    effect: 'not yet',
  }),
  minInsyncReplicas: key.int(
    'min.insync.replicas',
    '1',
    'How many replicas must be in sync for a write with acks=all to be taken.',
    { atLeast: 1, ...clusterWide },
  ),
  preallocate: key.boolean('preallocate', 'false', 'Whether a segment takes its whole size on disk at once.', {
    ...clusterWide,
  }),
  remoteLogCopyDisable: key.boolean(
    'remote.log.copy.disable',
    'false',
    'Whether segments are no longer copied to remote storage, which this broker does not have.',
    { ...clusterWide, effect: 'not yet' },
  ),
  remoteLogDeleteOnDisable: key.boolean(
    'remote.log.delete.on.disable',
    'false',
    'Whether remote segments go when remote storage, which this broker does not have, is switched off.',
    { ...clusterWide, effect: 'not yet' },
  ),
  remoteStorageEnable: key.boolean(
    'remote.storage.enable',
    'false',
    'Whether segments are kept in remote storage. This broker has none; leave it at false.',
    { ...clusterWide, effect: 'not yet' },
  ),
  retentionBytes: key.long(
    'retention.bytes',
    '-1',
    'The size of a partition above which its oldest segments go; -1 for no limit.',
    clusterWide,
  ),
  retentionMs: key.long('retention.ms', '604800000', 'How long records are kept; -1 for ever.', {
    atLeast: -1,
    ...clusterWide,
  }),
  segmentBytes: key.long(
    'segment.bytes',
    '1073741824',
    'The size at which a new segment file is begun. It may be above 2 GiB here; Apache Kafka ends there.',
    { atLeast: 14, ...clusterWide },
  ),
  segmentIndexBytes: key.int('segment.index.bytes', '10485760', 'The largest offset index of a segment.', {
    atLeast: 4,
    ...clusterWide,
  }),
  segmentJitterMs: key.long(
    'segment.jitter.ms',
    '0',
    'The most that is taken at random off segment.ms, so that not all segments begin at once.',
    { atLeast: 0, ...clusterWide },
  ),
  segmentMs: key.long('segment.ms', '604800000', 'The age at which a new segment is begun.', {
    atLeast: 1,
    ...clusterWide,
  }),
  uncleanLeaderElectionEnable: key.boolean(
    'unclean.leader.election.enable',
    'false',
    'Whether a replica that was not in sync may lead as the last resort, which loses records.',
    clusterWide,
  ),
}

export type TopicKeyField = keyof typeof topicKeys
/** A topic's configuration, typed. */
export type TopicConfig = ConfigValues<typeof topicKeys>

/** A broker key that gives a topic key its default, in another unit perhaps. */
export interface BrokerSynonym {
  readonly name: string
  readonly factor: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const synonym = (name: string, factor = 1): BrokerSynonym => ({ name, factor })

/** The broker keys behind each topic key, the one that counts most first; a key that is absent has none. */
const brokerSynonyms: Readonly<Partial<Record<TopicKeyField, readonly BrokerSynonym[]>>> = {
  cleanupPolicy: [synonym('log.cleanup.policy')],
  compressionGzipLevel: [synonym('compression.gzip.level')],
  compressionLz4Level: [synonym('compression.lz4.level')],
  compressionType: [synonym('compression.type')],
  compressionZstdLevel: [synonym('compression.zstd.level')],
  deleteRetentionMs: [synonym('log.cleaner.delete.retention.ms')],
  fileDeleteDelayMs: [synonym('log.segment.delete.delay.ms')],
  flushMessages: [synonym('log.flush.interval.messages')],
  flushMs: [synonym('log.flush.interval.ms'), synonym('log.flush.scheduler.interval.ms')],
  indexIntervalBytes: [synonym('log.index.interval.bytes')],
  localRetentionBytes: [synonym('log.local.retention.bytes')],
  localRetentionMs: [synonym('log.local.retention.ms')],
  maxCompactionLagMs: [synonym('log.cleaner.max.compaction.lag.ms')],
  maxMessageBytes: [synonym('message.max.bytes')],
  messageDownconversionEnable: [synonym('log.message.downconversion.enable')],
  messageFormatVersion: [synonym('log.message.format.version')],
  messageTimestampAfterMaxMs: [synonym('log.message.timestamp.after.max.ms')],
  messageTimestampBeforeMaxMs: [synonym('log.message.timestamp.before.max.ms')],
  messageTimestampDifferenceMaxMs: [synonym('log.message.timestamp.difference.max.ms')],
  messageTimestampType: [synonym('log.message.timestamp.type')],
  minCleanableDirtyRatio: [synonym('log.cleaner.min.cleanable.ratio')],
  minCompactionLagMs: [synonym('log.cleaner.min.compaction.lag.ms')],
  minInsyncReplicas: [synonym('min.insync.replicas')],
  preallocate: [synonym('log.preallocate')],
  retentionBytes: [synonym('log.retention.bytes')],
  retentionMs: [
    synonym('log.retention.ms'),
    synonym('log.retention.minutes', MINUTE_MS),
    synonym('log.retention.hours', HOUR_MS),
  ],
  segmentBytes: [synonym('log.segment.bytes')],
  segmentIndexBytes: [synonym('log.index.size.max.bytes')],
  segmentJitterMs: [synonym('log.roll.jitter.ms'), synonym('log.roll.jitter.hours', HOUR_MS)],
  segmentMs: [synonym('log.roll.ms'), synonym('log.roll.hours', HOUR_MS)],
  uncleanLeaderElectionEnable: [synonym('unclean.leader.election.enable')],
}

const byName = new Map<string, readonly [TopicKeyField, ConfigKey]>(
  Object.entries(topicKeys).map(([field, definition]) => [definition.name, [field as TopicKeyField, definition]]),
)

export function topicKeyNamed(name: string): ConfigKey | undefined {
  return byName.get(name)?.[1]
}

export function topicKeyNames(): readonly string[] {
  return [...byName.keys()]
}

export function brokerSynonymsOf(topicKeyName: string): readonly BrokerSynonym[] {
  const field = byName.get(topicKeyName)?.[0]
  return field === undefined ? [] : (brokerSynonyms[field] ?? [])
}
