import type { RecordHeader, TimestampType } from '@odradek/kafka-protocol'
import type { TopicPartition } from './topic-partition.ts'

/** One record as read. Key, value and header values are views of memory that belongs to the record from now on. */
export interface ConsumerRecord<Key = Buffer, Value = Buffer> extends TopicPartition {
  readonly offset: number
  /** Wall milliseconds; -1 where there is none, `Number.MAX_SAFE_INTEGER` for what is beyond it. */
  readonly timestampMs: number
  readonly timestampType: TimestampType
  /** What `key.deserializer` makes of it; by default the bytes. */
  readonly key: Key | null
  readonly value: Value | null
  readonly headers: readonly RecordHeader[]
  /** Of the leader that appended it; -1 where the log does not tell. */
  readonly leaderEpoch: number
}

/** Records of one partition that follow each other, at most `max.poll.records`. */
export interface ConsumerBatch<Key = Buffer, Value = Buffer> extends TopicPartition {
  readonly records: readonly ConsumerRecord<Key, Value>[]
  /** The offset after the last committed record of the partition, as of the fetch. */
  readonly highWatermark: number
  /** The position before this batch: of its first record, or of what was passed over before that. */
  readonly startOffset: number
  /** The position after this batch: what to commit when all of it is done. */
  readonly nextOffset: number
  /** Aborted when the partition is to be given up, was lost or sought elsewhere: what is not done yet is better left to its next owner. */
  readonly signal: AbortSignal
}

/** A position to be committed: the offset of the next record to read. */
export interface OffsetAndMetadata {
  readonly offset: number
  readonly leaderEpoch?: number | undefined
  /** Text of the application's own, at most offset.metadata.max.bytes. */
  readonly metadata?: string | undefined
}

/** Sees every record before the application gets it, and every commit (KIP-42). What it throws is logged and changes nothing. */
export interface ConsumerInterceptor<Key = Buffer, Value = Buffer> {
  /** Returns the record to hand over in its place. */
  onConsume?(record: ConsumerRecord<Key, Value>): ConsumerRecord<Key, Value>
  /** These were committed. */
  onCommit?(offsets: readonly (TopicPartition & OffsetAndMetadata)[]): void
  close?(): void
}

/** Of whatever types of keys and values. */
export interface AnyConsumerInterceptor {
  onConsume?(record: never): unknown
  onCommit?(offsets: readonly (TopicPartition & OffsetAndMetadata)[]): void
  close?(): void
}
