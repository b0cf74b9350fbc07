import { key } from '../config-key.ts'

/** Keys of quotas: how rates are measured. The quotas themselves are set with kafka-configs. */
export const quotaWindowKeys = {
  quotaWindowNum: key.int('quota.window.num', '11', 'Samples that the rates of clients are measured over.', {
    atLeast: 1,
    importance: 'low',
  }),
  quotaWindowSizeSeconds: key.int('quota.window.size.seconds', '1', 'The length of each of those samples.', {
    atLeast: 1,
    importance: 'low',
  }),
  controllerQuotaWindowNum: key.int(
    'controller.quota.window.num',
    '11',
    'Samples that controller_mutation_rate is measured over.',
    { atLeast: 1, importance: 'low' },
  ),
  controllerQuotaWindowSizeSeconds: key.int(
    'controller.quota.window.size.seconds',
    '1',
    'The length of each of those samples.',
    { atLeast: 1, importance: 'low' },
  ),
  replicationQuotaWindowNum: key.int(
    'replication.quota.window.num',
    '11',
    'Samples that the throttled rates of replication are measured over. Replication is not throttled yet.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  replicationQuotaWindowSizeSeconds: key.int(
    'replication.quota.window.size.seconds',
    '1',
    'The length of each of those samples. Replication is not throttled yet.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  alterLogDirsReplicationQuotaWindowNum: key.int(
    'alter.log.dirs.replication.quota.window.num',
    '11',
    'Samples that moving between log directories is measured over in Apache Kafka. Here each piece is paid for with time before the next.',
    { atLeast: 1, importance: 'low', effect: 'accepted' },
  ),
  alterLogDirsReplicationQuotaWindowSizeSeconds: key.int(
    'alter.log.dirs.replication.quota.window.size.seconds',
    '1',
    'The length of each of those samples.',
    { atLeast: 1, importance: 'low', effect: 'accepted' },
  ),
}
