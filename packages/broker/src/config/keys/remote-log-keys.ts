import { key } from '../config-key.ts'

/** Keys of remote (tiered) storage, KIP-405, which this broker does not have yet. */
export const remoteLogKeys = {
  remoteLogStorageSystemEnable: key.boolean(
    'remote.log.storage.system.enable',
    'false',
    'Whether old segments may be kept in remote storage. Leave it at false.',
    { effect: 'not yet' },
  ),
  remoteLogStorageManagerClassName: key.string(
    'remote.log.storage.manager.class.name',
    null,
    'The Java class that reads and writes the remote storage.',
    { effect: 'not yet' },
  ),
  remoteLogStorageManagerClassPath: key.string(
    'remote.log.storage.manager.class.path',
    null,
    'Where that class is loaded from.',
    { effect: 'not yet' },
  ),
  remoteLogStorageManagerImplPrefix: key.string(
    'remote.log.storage.manager.impl.prefix',
    'rsm.config.',
    'The prefix of keys that are meant for that class.',
    { effect: 'not yet' },
  ),
  remoteLogMetadataManagerClassName: key.string(
    'remote.log.metadata.manager.class.name',
    'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    'The Java class that knows which segments are in remote storage.',
    { effect: 'not yet' },
  ),
  remoteLogMetadataManagerClassPath: key.string(
    'remote.log.metadata.manager.class.path',
    null,
    'Where that class is loaded from.',
    { effect: 'not yet' },
  ),
  remoteLogMetadataManagerImplPrefix: key.string(
    'remote.log.metadata.manager.impl.prefix',
    'rlmm.config.',
    'The prefix of keys that are meant for that class.',
    { effect: 'not yet' },
  ),
  remoteLogMetadataManagerListenerName: key.string(
    'remote.log.metadata.manager.listener.name',
    null,
    'The listener over which that class reaches this broker.',
    { effect: 'not yet' },
  ),
  remoteLogMetadataCustomMetadataMaxBytes: key.int(
    'remote.log.metadata.custom.metadata.max.bytes',
    '128',
    'The most bytes that a remote storage may have remembered with a segment.',
    { atLeast: 0, importance: 'low', effect: 'not yet' },
  ),
  remoteLogIndexFileCacheTotalSizeBytes: key.long(
    'remote.log.index.file.cache.total.size.bytes',
    '1073741824',
    'The most bytes of indexes of remote segments that are kept here.',
    { atLeast: 1, importance: 'low', scope: 'cluster-wide', effect: 'not yet' },
  ),
  remoteLogManagerThreadPoolSize: key.int(
    'remote.log.manager.thread.pool.size',
    '10',
    'Threads that copy and delete segments. Old: use the two keys below.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteLogManagerCopierThreadPoolSize: key.int(
    'remote.log.manager.copier.thread.pool.size',
    '-1',
    'Threads that copy segments; -1 for as many as remote.log.manager.thread.pool.size.',
    { effect: 'not yet' },
  ),
  remoteLogManagerExpirationThreadPoolSize: key.int(
    'remote.log.manager.expiration.thread.pool.size',
    '-1',
    'Threads that delete segments; -1 for as many as remote.log.manager.thread.pool.size.',
    { effect: 'not yet' },
  ),
  remoteLogManagerTaskIntervalMs: key.long(
    'remote.log.manager.task.interval.ms',
    '30000',
    'How often segments are looked for that are to be copied or deleted.',
    { atLeast: 1, importance: 'low', effect: 'not yet' },
  ),
  remoteLogManagerTaskRetryBackoffMs: key.long(
    'remote.log.manager.task.retry.backoff.ms',
    '500',
    'The pause after such a task has failed, at first.',
    { atLeast: 1, importance: 'low', isInternal: true, effect: 'not yet' },
  ),
  remoteLogManagerTaskRetryBackoffMaxMs: key.long(
    'remote.log.manager.task.retry.backoff.max.ms',
    '30000',
    'The longest pause after such a task has failed.',
    { atLeast: 1, importance: 'low', isInternal: true, effect: 'not yet' },
  ),
  remoteLogManagerTaskRetryJitter: key.double(
    'remote.log.manager.task.retry.jitter',
    '0.2',
    'The part of that pause that is left to chance.',
    { atLeast: 0, atMost: 0.5, importance: 'low', isInternal: true, effect: 'not yet' },
  ),
  remoteLogManagerCopyMaxBytesPerSecond: key.long(
    'remote.log.manager.copy.max.bytes.per.second',
    '9223372036854775807',
    'The most bytes per second that are copied to remote storage.',
    { atLeast: 1, scope: 'cluster-wide', effect: 'not yet' },
  ),
  remoteLogManagerCopyQuotaWindowNum: key.int(
    'remote.log.manager.copy.quota.window.num',
    '11',
    'Samples that remote.log.manager.copy.max.bytes.per.second is measured over.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteLogManagerCopyQuotaWindowSizeSeconds: key.int(
    'remote.log.manager.copy.quota.window.size.seconds',
    '1',
    'The length of each of those samples.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteLogManagerFetchMaxBytesPerSecond: key.long(
    'remote.log.manager.fetch.max.bytes.per.second',
    '9223372036854775807',
    'The most bytes per second that are read from remote storage.',
    { atLeast: 1, scope: 'cluster-wide', effect: 'not yet' },
  ),
  remoteLogManagerFetchQuotaWindowNum: key.int(
    'remote.log.manager.fetch.quota.window.num',
    '11',
    'Samples that remote.log.manager.fetch.max.bytes.per.second is measured over.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteLogManagerFetchQuotaWindowSizeSeconds: key.int(
    'remote.log.manager.fetch.quota.window.size.seconds',
    '1',
    'The length of each of those samples.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteLogReaderThreads: key.int('remote.log.reader.threads', '10', 'Threads that read from remote storage.', {
    atLeast: 1,
    effect: 'not yet',
  }),
  remoteLogReaderMaxPendingTasks: key.int(
    'remote.log.reader.max.pending.tasks',
    '100',
    'How many reads from remote storage may wait before fetches are refused.',
    { atLeast: 1, effect: 'not yet' },
  ),
  remoteFetchMaxWaitMs: key.int('remote.fetch.max.wait.ms', '500', 'How long a fetch waits for remote storage.', {
    atLeast: 1,
    scope: 'cluster-wide',
    effect: 'not yet',
  }),
}
