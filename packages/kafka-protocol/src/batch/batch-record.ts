export interface RecordHeader {
  readonly key: string
  readonly value: Buffer | null
}

/** One record as read. Key, value and header values are views of the batch, or of what it was decompressed to. */
export interface BatchRecord {
  readonly offset: number
  /** Wall milliseconds; -1 where there is none. In batches with append time that of the batch. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}
