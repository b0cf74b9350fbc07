import type { BufferPool } from '@odradek/base'
import type { LogConfig } from '../log-config.ts'
import type { StorageFaults } from '../planted-faults.ts'

/** What a log manager is told. Kafka's broker key stands behind each field; intervals have Kafka's defaults. */
export interface LogManagerOptions {
  /** `log.dirs` */
  readonly directories: readonly string[]
  /** `broker.id`; it must agree with `meta.properties`. */
  readonly brokerId: number
  /** The configuration of a topic's logs when they are opened. Later changes come through `PartitionLog.updateConfig`. */
  configOf(topic: string): LogConfig
  /** A log directory has failed and its logs are offline. When none is left the broker should stop. */
  onDirectoryFailure?(directory: string, error: Error): void
  /** `log.retention.check.interval.ms` */
  readonly retentionCheckIntervalMs?: number
  /** `log.flush.offset.checkpoint.interval.ms` and `log.flush.start.offset.checkpoint.interval.ms` */
  readonly checkpointIntervalMs?: number
  /** `replica.high.watermark.checkpoint.interval.ms` */
  readonly highWatermarkCheckpointIntervalMs?: number
  /** `log.flush.scheduler.interval.ms`: how often `flush.ms` is looked at; by default once a second where a log has a `flush.ms`. */
  readonly flushCheckIntervalMs?: number
  /** `log.initial.task.delay.ms`: the first retention and checkpoints come after it. */
  readonly initialTaskDelayMs?: number
  /** `producer.id.expiration.ms` */
  readonly producerIdExpirationMs?: number
  /** `producer.id.expiration.check.interval.ms` */
  readonly producerIdExpirationCheckIntervalMs?: number
  /** How much of the newest batches is kept in memory, over all logs. */
  readonly tailCacheBytesMax?: number
  /** And of one log. */
  readonly tailCacheBytesPerLogMax?: number
  /** Where appended records may come from, so that their buffers are used again when they are in no tail cache any more; its own by default. */
  readonly buffers?: BufferPool
  /** Log files that may be open at a time; by default 4000, and no more than half of what the process may have open. */
  readonly openFilesMax?: number
  /** `num.recovery.threads.per.data.dir`: logs of one directory that are opened at the same time. */
  readonly recoveriesAtOnceMax?: number
  /** `replica.alter.log.dirs.io.max.bytes.per.second`: of all moves of logs to other directories together; no limit by default. */
  readonly moveBytesPerSecondMax?: number
  /** `num.replica.alter.log.dirs.threads`: logs that move at the same time; by default as many as there are directories. */
  readonly movesAtOnceMax?: number
  /** For tests only. */
  readonly faults?: StorageFaults
}

export const logManagerDefaults = {
  retentionCheckIntervalMs: 5 * 60 * 1000,
  checkpointIntervalMs: 60_000,
  highWatermarkCheckpointIntervalMs: 5000,
  flushCheckIntervalMs: 1000,
  initialTaskDelayMs: 30_000,
  producerIdExpirationMs: 24 * 60 * 60 * 1000,
  producerIdExpirationCheckIntervalMs: 10 * 60 * 1000,
  tailCacheBytesMax: 128 * 1024 * 1024,
  tailCacheBytesPerLogMax: 32 * 1024 * 1024,
  recoveriesAtOnceMax: 1,
} as const
