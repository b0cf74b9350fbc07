import type { AppendOrigin } from '../core/producer/producer-states.ts'

export interface AppendAsLeaderOptions {
  /** Of the partition as this leader knows it; goes into the batch. */
  readonly leaderEpoch: number
  /** Wall time. */
  readonly nowMs: number
  /** The producer's `acks`: 0, 1 or -1; what must be synced does not depend on it. */
  readonly requiredAcks?: number
  /** `client` by default: the whole check. Coordinators have no sequences and may write control batches. */
  readonly origin?: Exclude<AppendOrigin, 'replication'>
}

export interface AppendResult {
  readonly baseOffset: number
  readonly lastOffset: number
  /** When the topic's timestamps are those of the append, else -1. For a duplicate that of the batch that is there. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  /** The producer had sent this batch before: nothing was written, the offsets are those of the first time. */
  readonly duplicate: boolean
  /** Of the batches as written. */
  readonly sizeBytes: number
  readonly recordCount: number
  readonly maxTimestampMs: number
  /** Last offset of the batch with the largest timestamp, -1 when nothing was written. */
  readonly shallowOffsetOfMaxTimestamp: number
  /** `flush.messages` is reached: await `log.flush()` before the append is acknowledged. One sync serves all that wait. */
  readonly mustSyncBeforeAck: boolean
}

export interface ReadOptions {
  /** The first batch is returned even when it is larger than the limit. */
  readonly minOneMessage: boolean
  /** No batch that reaches this offset is returned: the high watermark or the last stable offset. The log's end by default. */
  readonly upperBoundOffset?: number
}

export interface ReadResult {
  /** Whole batches, in order; the first may begin before the offset that was asked for. Not to be changed. Each is held once for the reader. */
  readonly chunks: Buffer[]
  readonly sizeBytes: number
  /** Offset after the last batch, or the one that was asked for when there is none. */
  readonly nextOffset: number
}

export interface OffsetAndTimestamp {
  readonly offset: number
  readonly timestampMs: number
  readonly leaderEpoch: number | undefined
}
