/**
 * Defects that a test plants in the logs to prove that the simulation finds such. Nothing but a test ever asks for them.
 */
export interface StorageFaults {
  /** Never says that an append must be synced before it is answered. */
  readonly answerBeforeSync?: true
  /** Recovers a log without looking at the checksums of its batches. */
  readonly skipCrc?: true
  /** Gives every fiftieth append the offset of the record before it. */
  readonly reuseOffset?: true
}
