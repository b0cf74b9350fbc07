/** The leader's side of one partition, as a coordinator needs it. */
export interface LogPort {
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** Offsets below it are committed. */
  readonly highWatermark: number
  /**
   * Appends one batch as the leader. Throws `KafkaError` (NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS, MESSAGE_TOO_LARGE,
   * KAFKA_STORAGE_ERROR, …) and has then appended nothing.
   */
  append(records: Buffer): { readonly baseOffset: number; readonly lastOffset: number }
  /** Whole batches from the one that holds `offset` on, at least one if there is one. */
  read(offset: number, sizeBytesMax: number): readonly Buffer[]
  /** Calls `listener` whenever the high watermark has moved, possibly from inside `append`; returns what stops that. */
  onHighWatermark(listener: () => void): () => void
}
