import type { LabelValues, MetricsRegistry } from '@odradek/base'
import type { LogManager, PartitionLog } from '@odradek/storage'
import type { Partition } from '../partition/partition.ts'
import { metricName } from './metric-name.ts'

/** Metrics of the partitions that a broker holds, and of its logs, asked for when they are shown (Kafka: ReplicaManager, Log, LogManager). */
export function observePartitions(
  metrics: MetricsRegistry,
  partitions: () => Iterable<Partition>,
  logManager: LogManager,
): void {
  const ofReplicas = (name: string, help: string, isCounted: (partition: Partition) => boolean): void => {
    metrics.observe(metricName('kafka.server', 'ReplicaManager', name), help, () => {
      let count = 0
      for (const partition of partitions()) if (isCounted(partition)) count++
      return count
    })
  }
  ofReplicas('PartitionCount', 'Partitions that this broker holds.', () => true)
  ofReplicas('LeaderCount', 'Partitions that this broker leads.', ({ isLeader }) => isLeader)
  ofReplicas(
    'UnderReplicatedPartitions',
    'Partitions led here with replicas that are not in sync.',
    ({ isLeader, replicas }) => isLeader && replicas.isr.length < replicas.replicas.length,
  )
  ofReplicas(
    'UnderMinIsrPartitionCount',
    'Partitions led here with fewer in-sync replicas than min.insync.replicas.',
    ({ isLeader, replicas }) => isLeader && replicas.isUnderMinInSync,
  )
  ofReplicas(
    'AtMinIsrPartitionCount',
    'Partitions led here with just min.insync.replicas in sync.',
    ({ isLeader, replicas }) => isLeader && replicas.isr.length === replicas.limits.minInSyncReplicas,
  )
  ofReplicas(
    'ReassigningPartitions',
    'Partitions led here whose replicas are being changed.',
    ({ isLeader, replicas }) => isLeader && replicas.isReassigning,
  )
  ofReplicas('OfflineReplicaCount', 'Partitions whose log directory has failed.', ({ log }) => log.isOffline)
  const ofLogs = (name: string, help: string, valueOf: (log: PartitionLog) => number): void => {
    metrics.collect(metricName('kafka.log', 'Log', name), 'gauge', help, function* (): Generator<
      readonly [LabelValues, number]
    > {
      for (const log of logManager.all()) {
        yield [{ topic: log.topic, partition: String(log.partition) }, valueOf(log)]
      }
    })
  }
  ofLogs('Size', 'Bytes of a partition’s segments.', ({ sizeBytes }) => sizeBytes)
  ofLogs('LogStartOffset', 'The first offset of a partition.', ({ logStartOffset }) => logStartOffset)
  ofLogs('LogEndOffset', 'The offset behind the last record of a partition.', ({ logEndOffset }) => logEndOffset)
  ofLogs('NumLogSegments', 'Segments of a partition.', ({ segmentCount }) => segmentCount)
  metrics.observe(
    metricName('kafka.log', 'LogManager', 'OfflineLogDirectoryCount'),
    'Log directories that have failed.',
    () => logManager.offlineDirectories.length,
  )
  metrics.observe(
    metricName('kafka.server', 'ReplicaAlterLogDirsManager', 'MaxLag'),
    'Records that the copy of a log that moves to another directory lacks, of the one that lacks most.',
    () => {
      let maxLag = 0
      for (const { topic, partition, logEndOffset } of logManager.futures()) {
        maxLag = Math.max(maxLag, (logManager.get(topic, partition)?.logEndOffset ?? 0) - logEndOffset)
      }
      return maxLag
    },
  )
  metrics.collect(
    metricName('kafka.log', 'LogManager', 'LogDirectoryOffline'),
    'gauge',
    'Whether a log directory has failed.',
    function* (): Generator<readonly [LabelValues, number]> {
      for (const logdirectory of logManager.liveDirectories) yield [{ logdirectory }, 0]
      for (const logdirectory of logManager.offlineDirectories) yield [{ logdirectory }, 1]
    },
  )
}
