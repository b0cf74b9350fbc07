import { key } from '../config-key.ts'
import { metadataVersionFault } from '../metadata-version.ts'

/** Keys of the broker's identity, its topics and its life cycle. */
export const generalKeys = {
  brokerId: key.int(
    'broker.id',
    '-1',
    'The broker’s number in the cluster. -1 lets ZooKeeper hand one out, above reserved.broker.max.id.',
    { importance: 'high' },
  ),
  brokerIdGenerationEnable: key.boolean(
    'broker.id.generation.enable',
    'true',
    'Whether a broker without a broker.id may get one from ZooKeeper.',
  ),
  reservedBrokerMaxId: key.int('reserved.broker.max.id', '1000', 'The highest number that a broker.id may name.', {
    atLeast: 0,
  }),
  brokerRack: key.string(
    'broker.rack',
    null,
    'The rack (zone, data centre) of this broker. Replicas of a partition are spread over racks.',
  ),
  interBrokerProtocolVersion: key.string(
    'inter.broker.protocol.version',
    '3.9-IV0',
    'The version whose requests and znodes the brokers use among each other. This broker speaks that of 3.9.',
    { check: (value: string) => metadataVersionFault(value), effect: 'accepted' },
  ),
  autoCreateTopicsEnable: key.boolean(
    'auto.create.topics.enable',
    'true',
    'Whether a topic that a client asks for comes into being.',
    { importance: 'high' },
  ),
  deleteTopicEnable: key.boolean('delete.topic.enable', 'true', 'Whether topics can be deleted.', {
    importance: 'high',
  }),
  numPartitions: key.int('num.partitions', '1', 'Partitions of a topic that is created without a number.', {
    atLeast: 1,
  }),
  defaultReplicationFactor: key.int(
    'default.replication.factor',
    '1',
    'Replicas of each partition of a topic that is created without a number.',
  ),
  messageMaxBytes: key.int(
    'message.max.bytes',
    '1048588',
    'The largest record batch, after compression, that a topic accepts which has no max.message.bytes of its own.',
    { atLeast: 0, importance: 'high', scope: 'cluster-wide' },
  ),
  compressionType: key.string(
    'compression.type',
    'producer',
    'How batches are stored: as the producer compressed them, not at all, or in one codec for all.',
    {
      importance: 'high',
      scope: 'cluster-wide',
      oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    },
  ),
  compressionGzipLevel: key.int(
    'compression.gzip.level',
    '-1',
    'Level for gzip where compression.type is gzip: 1 (fast) to 9 (small), -1 for its default.',
    { scope: 'cluster-wide', check: (value) => gzipLevelFault(value) },
  ),
  compressionLz4Level: key.int(
    'compression.lz4.level',
    '9',
    'Level for lz4 in Apache Kafka, 1 (fast) to 17 (small); the library that compresses here has one level. The value is accepted and shown.',
    { scope: 'cluster-wide', atLeast: 1, atMost: 17, effect: 'accepted' },
  ),
  compressionZstdLevel: key.int(
    'compression.zstd.level',
    '3',
    'Level for zstd where compression.type is zstd: -131072 (fast) to 22 (small).',
    { scope: 'cluster-wide', atLeast: -131072, atMost: 22 },
  ),
  controlledShutdownEnable: key.boolean(
    'controlled.shutdown.enable',
    'true',
    'Whether a broker that stops first has its leaderships moved.',
  ),
  controlledShutdownMaxRetries: key.int(
    'controlled.shutdown.max.retries',
    '3',
    'How often a broker that stops asks for its leaderships to be moved.',
  ),
  controlledShutdownRetryBackoffMs: key.long(
    'controlled.shutdown.retry.backoff.ms',
    '5000',
    'The pause between two such attempts.',
  ),
  maxIncrementalFetchSessionCacheSlots: key.int(
    'max.incremental.fetch.session.cache.slots',
    '1000',
    'How many fetch sessions are kept.',
    { atLeast: 0 },
  ),
  fetchMaxBytes: key.int('fetch.max.bytes', '57671680', 'The most bytes of one answer to a fetch.', { atLeast: 1024 }),
  maxRequestPartitionSizeLimit: key.int(
    'max.request.partition.size.limit',
    '2000',
    'The most partitions in one answer to a request that lists them in pages.',
    { atLeast: 1 },
  ),
  authorizerClassName: key.string(
    'authorizer.class.name',
    '',
    'The class that decides who may do what. This broker has none yet; leave it empty.',
    { importance: 'low', effect: 'not yet' },
  ),
  metricReporters: key.list(
    'metric.reporters',
    '',
    'Java classes that receive metrics in Apache Kafka. This broker shows its own at /metrics; leave it empty.',
    { importance: 'low', scope: 'cluster-wide', effect: 'never' },
  ),
}

/** What is wrong with a gzip level, or undefined. */
export function gzipLevelFault(value: number): string | undefined {
  return value === -1 || (value >= 1 && value <= 9) ? undefined : 'Value must be between 1 and 9 or equal to -1'
}
