export type BrokerCompressionType = 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/**
 * What one log may be told, as plain values; Kafka's topic configuration of the same name stands behind each field.
 * A limit of -1 means "no limit" where Kafka allows it.
 */
export interface LogConfig {
  /** `segment.bytes`. Above 2 GiB too, which Apache's broker does not allow. */
  readonly segmentBytes: number
  /** `segment.ms` */
  readonly segmentMs: number
  /** `segment.jitter.ms` */
  readonly segmentJitterMs: number
  /** `segment.index.bytes` */
  readonly segmentIndexBytes: number
  /** `index.interval.bytes` */
  readonly indexIntervalBytes: number
  /** `retention.ms` */
  readonly retentionMs: number
  /** `retention.bytes` */
  readonly retentionBytes: number
  /** `file.delete.delay.ms` */
  readonly fileDeleteDelayMs: number
  /** `flush.messages` */
  readonly flushMessages: number
  /** `flush.ms` */
  readonly flushMs: number
  /** `max.message.bytes`: of a whole record batch, compressed. */
  readonly maxMessageBytes: number
  /** `compression.type`: `producer` keeps what the producer chose; `uncompressed` is Kafka's word for none. */
  readonly compressionType: BrokerCompressionType
  /** `compression.gzip.level` */
  readonly compressionGzipLevel: number
  /** `compression.lz4.level` */
  readonly compressionLz4Level: number
  /** `compression.zstd.level` */
  readonly compressionZstdLevel: number
  /** `message.timestamp.type` */
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  /** `message.timestamp.before.max.ms` */
  readonly timestampBeforeMaxMs: number
  /** `message.timestamp.after.max.ms` */
  readonly timestampAfterMaxMs: number
  /** `cleanup.policy` holds `delete`. */
  readonly cleanupDelete: boolean
  /** `cleanup.policy` holds `compact`. */
  readonly cleanupCompact: boolean
  /** `preallocate`: a new segment's file is extended to its full size at once. */
  readonly preallocate: boolean
  /**
   * Whether the records inside a client's batch are walked (count, offsets, lengths, timestamps; decompressed where they are compressed),
   * as Kafka does, or its header alone is believed.
   */
  readonly recordValidation: 'full' | 'header'
}

const dayMs = 24 * 60 * 60 * 1000

/** Kafka 3.9's defaults. */
export const defaultLogConfig: LogConfig = {
  segmentBytes: 1024 * 1024 * 1024,
  segmentMs: 7 * dayMs,
  segmentJitterMs: 0,
  segmentIndexBytes: 10 * 1024 * 1024,
  indexIntervalBytes: 4096,
  retentionMs: 7 * dayMs,
  retentionBytes: -1,
  fileDeleteDelayMs: 60_000,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  maxMessageBytes: 1024 * 1024 + 12,
  compressionType: 'producer',
  compressionGzipLevel: -1,
  compressionLz4Level: 9,
  compressionZstdLevel: 3,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: Number.MAX_SAFE_INTEGER,
  cleanupDelete: true,
  cleanupCompact: false,
  preallocate: false,
  recordValidation: 'full',
}
