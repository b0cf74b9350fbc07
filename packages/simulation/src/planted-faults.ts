/**
 * Defects that a test plants in the servers to prove that the scenarios find such. The servers take them as an optional
 * last argument of their constructors; nothing but a test ever gives it.
 */
export interface PlantedFaults {
  readonly zookeeper?: {
    /** Answers a write before its transaction is on the disk. */
    readonly answerBeforeSync?: true
    /** Loses every fourth watch that is set. */
    readonly forgetWatch?: true
    /** Replays transactions of the log without looking at their checksums. */
    readonly skipCrc?: true
  }
  readonly broker?: {
    /** Answers a produce request of a topic with flush.messages=1 before the flush. */
    readonly answerBeforeSync?: true
    /** Recovers a log without looking at the checksums of its batches. */
    readonly skipCrc?: true
    /** Gives every fiftieth batch the offset that the one before it had. */
    readonly reuseOffset?: true
  }
}
