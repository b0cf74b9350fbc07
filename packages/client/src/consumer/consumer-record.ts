import type { RecordHeader, TimestampType } from '@odradek/kafka-protocol'
import type { TopicPartition } from './topic-partition.ts'

/** One record as read. Key, value and header values are views of memory that belongs to the record from now on. */
export interface ConsumerRecord extends TopicPartition {
  readonly offset: number
  /** Wall milliseconds; -1 where there is none, `Number.MAX_SAFE_INTEGER` for what is beyond it. */
  readonly timestampMs: number
  readonly timestampType: TimestampType
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  /** Of the leader that appended it; -1 where the log does not tell. */
  readonly leaderEpoch: number
}

/** Records of one partition that follow each other, at most `max.poll.records`. */
export interface ConsumerBatch extends TopicPartition {
  readonly records: readonly ConsumerRecord[]
  /** The offset after the last committed record of the partition, as of the fetch. */
  readonly highWatermark: number
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
