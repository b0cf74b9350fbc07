import type { Operation } from './operation.ts'

/** What can be wrong with a history, and what each means. Names and meanings are Jepsen's for Kafka, but for foreign-read. */
export const anomalyKinds = {
  'foreign-read': 'a reader got a value that nobody sent',
  'aborted-read': 'a reader got a record whose sending had failed for certain, or whose transaction was aborted (G1a)',
  'precommitted-read': 'a transaction read a record that it had sent itself',
  'circular-read': 'transactions that read of each other in a circle: none can have been before the others (G1c)',
  'inconsistent-offset': 'one offset has two values',
  duplicate: 'one record is at two offsets',
  'lost-write': 'a record that was acknowledged is behind what was read, and nobody read it',
  unseen: 'a record that was acknowledged was never read, though all was read to its end',
  'skipped-poll': 'a reader passed over records between one poll and the next',
  'nonmonotonic-poll': 'a reader went back between one poll and the next',
  'internal-skipped-poll': 'one poll, or the polls of one transaction, passed over records',
  'internal-nonmonotonic-poll': 'one poll, or the polls of one transaction, went back',
  'nonmonotonic-send': "a producer's later record is before its earlier one",
  'internal-nonmonotonic-send': 'of the records of one operation the later is before the earlier',
  'internal-skipped-send': "others' records are between those of one operation: so it is where several producers write",
} as const

export type AnomalyKind = keyof typeof anomalyKinds

/** One thing that is wrong, with those who did or saw it. */
export interface Anomaly {
  readonly kind: AnomalyKind
  readonly partition: string
  /** The records that it is about. */
  readonly values: readonly string[]
  /** One sentence. */
  readonly text: string
  readonly operations: readonly Operation[]
}
