import { key } from '../config-key.ts'

/** Keys of replication, leadership and the controller. */
export const replicationKeys = {
  numReplicaAlterLogDirsThreads: key.int(
    'num.replica.alter.log.dirs.threads',
    null,
    'Replicas that move between log directories at the same time; as many as there are directories by default.',
    { importance: 'high' },
  ),
  controllerSocketTimeoutMs: key.int(
    'controller.socket.timeout.ms',
    '30000',
    'How long the controller waits for a broker’s answer.',
  ),
  replicaLagTimeMaxMs: key.long(
    'replica.lag.time.max.ms',
    '30000',
    'A follower that has not caught up for this long leaves the set of in-sync replicas.',
    { importance: 'high' },
  ),
  replicaSocketTimeoutMs: key.int(
    'replica.socket.timeout.ms',
    '30000',
    'How long a follower waits for its leader’s answer. At least replica.fetch.wait.max.ms.',
    { importance: 'high' },
  ),
  replicaSocketReceiveBufferBytes: key.int(
    'replica.socket.receive.buffer.bytes',
    '65536',
    'Receive buffer of a follower’s connection; left to the operating system.',
    { importance: 'high', effect: 'accepted' },
  ),
  replicaFetchMaxBytes: key.int(
    'replica.fetch.max.bytes',
    '1048576',
    'The most bytes that a follower asks for per partition; a first batch that is larger comes even so. No broker follows another yet.',
    { atLeast: 0, effect: 'accepted' },
  ),
  replicaFetchWaitMaxMs: key.int(
    'replica.fetch.wait.max.ms',
    '500',
    'How long a leader may hold a follower’s fetch that finds nothing new.',
    { importance: 'high' },
  ),
  replicaFetchMinBytes: key.int(
    'replica.fetch.min.bytes',
    '1',
    'How many bytes a follower’s fetch waits for, at most replica.fetch.wait.max.ms. No broker follows another yet.',
    { importance: 'high', effect: 'accepted' },
  ),
  replicaFetchBackoffMs: key.int(
    'replica.fetch.backoff.ms',
    '1000',
    'The pause of a follower after a fetch that failed. No broker follows another yet.',
    { atLeast: 0, effect: 'accepted' },
  ),
  replicaFetchResponseMaxBytes: key.int(
    'replica.fetch.response.max.bytes',
    '10485760',
    'The most bytes of one answer to a follower. No broker follows another yet.',
    { atLeast: 0, effect: 'accepted' },
  ),
  numReplicaFetchers: key.int(
    'num.replica.fetchers',
    '1',
    'Connections over which a follower fetches from one leader. No broker follows another yet.',
    { importance: 'high', scope: 'cluster-wide', effect: 'accepted' },
  ),
  replicaHighWatermarkCheckpointIntervalMs: key.long(
    'replica.high.watermark.checkpoint.interval.ms',
    '5000',
    'How often high watermarks are written to disk.',
    { importance: 'high' },
  ),
  fetchPurgatoryPurgeIntervalRequests: key.int(
    'fetch.purgatory.purge.interval.requests',
    '1000',
    'Housekeeping of waiting fetches in Apache Kafka; this broker removes them as they end.',
    { effect: 'accepted' },
  ),
  producerPurgatoryPurgeIntervalRequests: key.int(
    'producer.purgatory.purge.interval.requests',
    '1000',
    'Housekeeping of waiting produce requests in Apache Kafka; this broker removes them as they end.',
    { effect: 'accepted' },
  ),
  deleteRecordsPurgatoryPurgeIntervalRequests: key.int(
    'delete.records.purgatory.purge.interval.requests',
    '1',
    'Housekeeping of waiting delete-records requests in Apache Kafka; this broker removes them as they end.',
    { effect: 'accepted' },
  ),
  autoLeaderRebalanceEnable: key.boolean(
    'auto.leader.rebalance.enable',
    'true',
    'Whether the controller gives leaderships back to the preferred replicas.',
    { importance: 'high' },
  ),
  leaderImbalancePerBrokerPercentage: key.int(
    'leader.imbalance.per.broker.percentage',
    '10',
    'The share of a broker’s preferred leaderships, in per cent, that may lie elsewhere before they are given back.',
    { importance: 'high' },
  ),
  leaderImbalanceCheckIntervalSeconds: key.long(
    'leader.imbalance.check.interval.seconds',
    '300',
    'How often the controller looks for that.',
    { atLeast: 1, importance: 'high' },
  ),
  uncleanLeaderElectionEnable: key.boolean(
    'unclean.leader.election.enable',
    'false',
    'Whether a replica that was not in sync may lead as the last resort, which loses records.',
    { importance: 'high', scope: 'cluster-wide' },
  ),
  replicaSelectorClass: key.string(
    'replica.selector.class',
    null,
    'A Java class that sends a consumer to a replica near it; without it, to the leader. This broker loads no Java classes.',
    { effect: 'never' },
  ),
}
