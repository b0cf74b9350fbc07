import { key } from '../config-key.ts'

/** Keys of share groups, KIP-932, which this broker does not have yet. */
export const shareGroupKeys = {
  groupShareEnable: key.boolean('group.share.enable', 'false', 'Whether there are share groups.', {
    isInternal: true,
    effect: 'not yet',
  }),
  groupShareSessionTimeoutMs: key.int(
    'group.share.session.timeout.ms',
    '45000',
    'After this long without a heartbeat a member of a share group is taken out.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareMinSessionTimeoutMs: key.int(
    'group.share.min.session.timeout.ms',
    '45000',
    'The shortest session timeout that a share group may be configured with.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareMaxSessionTimeoutMs: key.int(
    'group.share.max.session.timeout.ms',
    '60000',
    'The longest session timeout that a share group may be configured with.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareHeartbeatIntervalMs: key.int(
    'group.share.heartbeat.interval.ms',
    '5000',
    'How often the members of a share group are told to send a heartbeat.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareMinHeartbeatIntervalMs: key.int(
    'group.share.min.heartbeat.interval.ms',
    '5000',
    'The shortest heartbeat interval that a share group may be configured with.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareMaxHeartbeatIntervalMs: key.int(
    'group.share.max.heartbeat.interval.ms',
    '15000',
    'The longest heartbeat interval that a share group may be configured with.',
    { atLeast: 1, effect: 'not yet' },
  ),
  groupShareMaxGroups: key.short('group.share.max.groups', '10', 'The most share groups.', {
    atLeast: 1,
    atMost: 100,
    effect: 'not yet',
  }),
  groupShareMaxSize: key.short('group.share.max.size', '200', 'The most members of a share group.', {
    atLeast: 10,
    atMost: 1000,
    effect: 'not yet',
  }),
  groupShareDeliveryCountLimit: key.int(
    'group.share.delivery.count.limit',
    '5',
    'How often a record is given out before it counts as one that nobody can handle.',
    { atLeast: 2, atMost: 10, effect: 'not yet' },
  ),
  groupShareRecordLockDurationMs: key.int(
    'group.share.record.lock.duration.ms',
    '30000',
    'How long a record that was given to a member is held for it.',
    { atLeast: 1000, atMost: 60000, effect: 'not yet' },
  ),
  groupShareMinRecordLockDurationMs: key.int(
    'group.share.min.record.lock.duration.ms',
    '15000',
    'The shortest such time that a share group may be configured with.',
    { atLeast: 1000, atMost: 30000, effect: 'not yet' },
  ),
  groupShareMaxRecordLockDurationMs: key.int(
    'group.share.max.record.lock.duration.ms',
    '60000',
    'The longest such time that a share group may be configured with.',
    { atLeast: 30000, atMost: 3600000, effect: 'not yet' },
  ),
  groupSharePartitionMaxRecordLocks: key.int(
    'group.share.partition.max.record.locks',
    '200',
    'The most records of a partition that are held for members at a time.',
    { atLeast: 100, atMost: 10000, effect: 'not yet' },
  ),
}
