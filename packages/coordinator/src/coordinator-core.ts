import type { Effects } from './effects.ts'
import type { Now } from './now.ts'

/** Where in the log a record stands, and for which transaction it waits. */
export interface RecordPosition {
  readonly offset: number
  /** Offset of the first record of the batch that holds it: what is written together has it in common. */
  readonly batchOffset: number
  /** The producer whose open transaction the record belongs to; undefined for a record that counts at once. */
  readonly transactionOf: number | undefined
}

/**
 * The state of one partition of a coordinator's topic, as a synchronous machine. What is durable changes only in `replay` and
 * `replayEndTransaction`, so that running, recovering and failing over share their code; everything else in it dies with the leadership.
 */
export interface CoordinatorCore<Rec> {
  /** One record that is in the log: read back at load, or appended a moment ago. */
  replay(record: Rec, position: RecordPosition): void
  /** A transaction's marker is in the log: what waits for the producer counts from now on, or never. */
  replayEndTransaction(producerId: number, committed: boolean, offset: number): void
  /** The high watermark is now `offset`: records below it are safe, and only what they say may be shown. */
  committedUpTo(offset: number): void
  /** All of the log has been replayed; requests follow. */
  loaded(effects: Effects<Rec>, now: Now): void
  /** When `poll` wants to be called next, in monotonic milliseconds. */
  nextDeadline(): number | undefined
  /** Handles all deadlines that have passed. */
  poll(effects: Effects<Rec>, now: Now): void
}
