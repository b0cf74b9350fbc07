import { key } from '../config-key.ts'

/** Keys of the coordinators of groups and transactions, and of producers. */
export const coordinatorKeys = {
  groupMinSessionTimeoutMs: key.int(
    'group.min.session.timeout.ms',
    '6000',
    'The shortest session timeout that a consumer may ask for.',
  ),
  groupMaxSessionTimeoutMs: key.int(
    'group.max.session.timeout.ms',
    '1800000',
    'The longest session timeout that a consumer may ask for.',
  ),
  groupInitialRebalanceDelayMs: key.int(
    'group.initial.rebalance.delay.ms',
    '3000',
    'How long the first rebalance of a new group waits for more members.',
  ),
  groupMaxSize: key.int('group.max.size', '2147483647', 'The most members of a group.', { atLeast: 1 }),
  offsetMetadataMaxBytes: key.int(
    'offset.metadata.max.bytes',
    '4096',
    'The longest text that may go with a committed offset.',
    { importance: 'high' },
  ),
  offsetsLoadBufferSize: key.int(
    'offsets.load.buffer.size',
    '5242880',
    'How many bytes are read at a time when a coordinator loads its groups.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsTopicReplicationFactor: key.short(
    'offsets.topic.replication.factor',
    '3',
    'Replicas of the topic of committed offsets. It is not created before so many brokers are there.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsTopicNumPartitions: key.int(
    'offsets.topic.num.partitions',
    '50',
    'Partitions of the topic of committed offsets. Not to be changed later.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsTopicSegmentBytes: key.int(
    'offsets.topic.segment.bytes',
    '104857600',
    'Segment size of the topic of committed offsets.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsTopicCompressionCodec: key.int(
    'offsets.topic.compression.codec',
    '0',
    'Codec of the topic of committed offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.',
    { importance: 'high', effect: 'not yet' },
  ),
  offsetsRetentionMinutes: key.int(
    'offsets.retention.minutes',
    '10080',
    'How long the offsets of a group without members are kept.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsRetentionCheckIntervalMs: key.long(
    'offsets.retention.check.interval.ms',
    '600000',
    'How often it is checked for offsets that are too old.',
    { atLeast: 1, importance: 'high' },
  ),
  offsetsCommitTimeoutMs: key.int('offsets.commit.timeout.ms', '5000', 'How long a commit waits for the replicas.', {
    atLeast: 1,
    importance: 'high',
  }),
  offsetsCommitRequiredAcks: key.short(
    'offsets.commit.required.acks',
    '-1',
    'Acknowledgements that a commit needs. Leave it at -1, all.',
    { importance: 'high' },
  ),
  groupCoordinatorRebalanceProtocols: key.list(
    'group.coordinator.rebalance.protocols',
    'classic,consumer',
    'The group protocols that the broker speaks. Without consumer it refuses ConsumerGroupHeartbeat.',
    { oneOf: ['classic', 'consumer', 'share'] },
  ),
  groupConsumerSessionTimeoutMs: key.int(
    'group.consumer.session.timeout.ms',
    '45000',
    'How long a member of a group of the consumer protocol may be silent before it is out.',
    { atLeast: 1 },
  ),
  groupConsumerMinSessionTimeoutMs: key.int(
    'group.consumer.min.session.timeout.ms',
    '45000',
    'The shortest session timeout that a group of the consumer protocol may be given.',
    { atLeast: 1 },
  ),
  groupConsumerMaxSessionTimeoutMs: key.int(
    'group.consumer.max.session.timeout.ms',
    '60000',
    'The longest session timeout that a group of the consumer protocol may be given.',
    { atLeast: 1 },
  ),
  groupConsumerHeartbeatIntervalMs: key.int(
    'group.consumer.heartbeat.interval.ms',
    '5000',
    'How often the members of a group of the consumer protocol are told to send heartbeats.',
    { atLeast: 1 },
  ),
  groupConsumerMinHeartbeatIntervalMs: key.int(
    'group.consumer.min.heartbeat.interval.ms',
    '5000',
    'The shortest heartbeat interval that a group of the consumer protocol may be given.',
    { atLeast: 1 },
  ),
  groupConsumerMaxHeartbeatIntervalMs: key.int(
    'group.consumer.max.heartbeat.interval.ms',
    '15000',
    'The longest heartbeat interval that a group of the consumer protocol may be given.',
    { atLeast: 1 },
  ),
  groupConsumerMaxSize: key.int(
    'group.consumer.max.size',
    '2147483647',
    'The most members of a group of the consumer protocol.',
    { atLeast: 1 },
  ),
  groupConsumerAssignors: key.list(
    'group.consumer.assignors',
    'uniform,range',
    'The assignors that members may ask for, by name (or by the names of their classes in Kafka). The first one is the default.',
    {
      oneOf: [
        'uniform',
        'range',
        'org.apache.kafka.coordinator.group.assignor.UniformAssignor',
        'org.apache.kafka.coordinator.group.assignor.RangeAssignor',
      ],
      notEmpty: true,
    },
  ),
  groupConsumerMigrationPolicy: key.string(
    'group.consumer.migration.policy',
    'bidirectional',
    'Whether a group with members goes from the classic protocol to the consumer protocol (upgrade) when the first such member joins, back (downgrade) when the last one leaves, both (bidirectional), or neither (disabled).',
    {
      isInternal: true,
      check: (text: string) =>
        ['bidirectional', 'upgrade', 'downgrade', 'disabled'].includes(text.toLowerCase())
          ? undefined
          : 'String must be one of (case insensitive): BIDIRECTIONAL, UPGRADE, DOWNGRADE, DISABLED',
    },
  ),
  transactionMaxTimeoutMs: key.int(
    'transaction.max.timeout.ms',
    '900000',
    'The longest that a transaction may be open.',
    { atLeast: 1, importance: 'high', effect: 'not yet' },
  ),
  transactionalIdExpirationMs: key.int(
    'transactional.id.expiration.ms',
    '604800000',
    'How long a transactional id without transactions is remembered.',
    { atLeast: 1, importance: 'high', effect: 'not yet' },
  ),
  transactionStateLogReplicationFactor: key.short(
    'transaction.state.log.replication.factor',
    '3',
    'Replicas of the topic of transactions.',
    { atLeast: 1, importance: 'high' },
  ),
  transactionStateLogMinIsr: key.int(
    'transaction.state.log.min.isr',
    '2',
    'min.insync.replicas of the topic of transactions.',
    { atLeast: 1, importance: 'high' },
  ),
  transactionStateLogNumPartitions: key.int(
    'transaction.state.log.num.partitions',
    '50',
    'Partitions of the topic of transactions. Not to be changed later.',
    { atLeast: 1, importance: 'high' },
  ),
  transactionStateLogSegmentBytes: key.int(
    'transaction.state.log.segment.bytes',
    '104857600',
    'Segment size of the topic of transactions.',
    { atLeast: 1, importance: 'high' },
  ),
  transactionStateLogLoadBufferSize: key.int(
    'transaction.state.log.load.buffer.size',
    '5242880',
    'How many bytes are read at a time when a coordinator loads its transactions.',
    { atLeast: 1, importance: 'high', effect: 'not yet' },
  ),
  transactionAbortTimedOutTransactionCleanupIntervalMs: key.int(
    'transaction.abort.timed.out.transaction.cleanup.interval.ms',
    '10000',
    'How often it is checked for transactions that are open for too long.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  transactionRemoveExpiredTransactionCleanupIntervalMs: key.int(
    'transaction.remove.expired.transaction.cleanup.interval.ms',
    '3600000',
    'How often it is checked for transactional ids to forget.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  transactionPartitionVerificationEnable: key.boolean(
    'transaction.partition.verification.enable',
    'true',
    'Whether a partition asks the coordinator before it takes the first record of a transaction.',
    { importance: 'low', scope: 'cluster-wide', effect: 'not yet' },
  ),
  producerIdExpirationMs: key.int(
    'producer.id.expiration.ms',
    '86400000',
    'How long a producer that does not write is remembered per partition.',
    { atLeast: 1, importance: 'low', scope: 'cluster-wide' },
  ),
  producerIdExpirationCheckIntervalMs: key.int(
    'producer.id.expiration.check.interval.ms',
    '600000',
    'How often it is checked for such producers. Here it is when the log is written to or looked through.',
    { atLeast: 1, importance: 'low', isInternal: true, effect: 'accepted' },
  ),
}
