/**
 * Defects that a test plants in a server to prove that the simulation finds such. Nothing but a test ever asks for them.
 */
export interface ZooKeeperFaults {
  /** Answers a write before its transaction is on the disk. */
  readonly answerBeforeSync?: true
  /** Loses every fourth watch that is set on a node's data. */
  readonly forgetWatch?: true
  /** Tells those who watch from above of three changes in four. */
  readonly forgetRecursive?: true
  /** Leaves the ephemeral nodes of sessions that end. */
  readonly keepEphemerals?: true
  /** Replays transactions of the log without looking at their checksums. */
  readonly skipCrc?: true
}
