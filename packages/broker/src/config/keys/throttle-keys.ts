import { key } from '../config-key.ts'

const LONG_MAX = '9223372036854775807'

/** Keys that have no place in server.properties: they are set for brokers while these run, as a rule by tools that move partitions. */
export const throttleKeys = {
  leaderReplicationThrottledRate: key.long(
    'leader.replication.throttled.rate',
    LONG_MAX,
    'The most bytes per second that leaders send to throttled replicas. Replication is not throttled yet.',
    { atLeast: 0, scope: 'per-broker', effect: 'not yet' },
  ),
  followerReplicationThrottledRate: key.long(
    'follower.replication.throttled.rate',
    LONG_MAX,
    'The most bytes per second that throttled replicas fetch. Replication is not throttled yet.',
    { atLeast: 0, scope: 'per-broker', effect: 'not yet' },
  ),
  replicaAlterLogDirsIoMaxBytesPerSecond: key.long(
    'replica.alter.log.dirs.io.max.bytes.per.second',
    LONG_MAX,
    'The most bytes per second that are copied for all replicas together that move between log directories.',
    { atLeast: 0, scope: 'per-broker' },
  ),
}
