/** A number of the `ErrorCode` table. */
export type ErrorCodeValue = number

/** How far a reader may see: followers to the end, consumers to the high watermark, or to the last stable offset (read_committed). */
export type ReadIsolation = 'logEnd' | 'highWatermark' | 'committed'

/** What one fetch asks of one partition. */
export interface PartitionFetch {
  readonly topic: string
  /** All zero bits when the request named the topic. */
  readonly topicId: string
  readonly partitionIndex: number
  readonly fetchOffset: number
  /** The leader epoch that the reader knows; -1 checks nothing. */
  readonly currentLeaderEpoch: number
  /** The epoch of the last record that the reader has; -1 checks nothing. */
  readonly lastFetchedEpoch: number
  /** Where a follower's log starts; -1 for consumers. */
  readonly logStartOffset: number
  readonly partitionMaxBytes: number
}

/** What one partition gives to one fetch. Offsets are -1 where an error left them unknown. */
export interface PartitionRead {
  readonly errorCode: ErrorCodeValue
  readonly highWatermark: number
  readonly lastStableOffset: number
  readonly logStartOffset: number
  readonly chunks: readonly Buffer[]
  readonly sizeBytes: number
  /** True when this reader may see more behind `chunks` than the bytes that were asked for had room for. */
  readonly hasMore: boolean
  /** For readers of committed records: whose records in `chunks` they must skip. Undefined for others. */
  readonly abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[] | undefined
  /** Where the reader's log left this one; it must cut its log there. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | undefined
}

const noChunks: readonly Buffer[] = []

export function failedRead(errorCode: ErrorCodeValue): PartitionRead {
  return {
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    chunks: noChunks,
    sizeBytes: 0,
    hasMore: false,
    abortedTransactions: undefined,
    divergingEpoch: undefined,
  }
}
