import type { Anomaly, AnomalyKind } from './anomaly.ts'
import { betweenOperations } from './checks/between-operations.ts'
import { circularReads } from './checks/circular-reads.ts'
import { offsetsAtOdds } from './checks/offsets.ts'
import { precommittedReads, readsOfNothing } from './checks/reads.ts'
import { withinOperations } from './checks/within-operations.ts'
import { lostWrites, unseenWrites } from './checks/writes.ts'
import { HistoryFacts } from './history-facts.ts'
import type { History } from './operation.ts'

export interface CheckOptions {
  /** All partitions were read to their ends after the last record was sent: what nobody read is then gone. */
  readonly isReadToEnd: boolean
  /** What is no fault here. Default: others' records between those of one operation, as there are wherever several producers write. */
  readonly allowed?: readonly AnomalyKind[]
}

/** All that is wrong with a history; nothing when it is one that Kafka may have. Pure. */
export function checkHistory(history: History, options: CheckOptions): Anomaly[] {
  const facts = new HistoryFacts(history)
  const allowed = new Set<AnomalyKind>(options.allowed ?? ['internal-skipped-send'])
  const anomalies = [
    ...readsOfNothing(facts),
    ...precommittedReads(facts),
    ...circularReads(facts),
    ...offsetsAtOdds(facts),
    ...lostWrites(facts),
    ...(options.isReadToEnd ? unseenWrites(facts) : []),
    ...withinOperations(facts),
    ...betweenOperations(facts),
  ]
  return anomalies.filter(({ kind }) => !allowed.has(kind))
}
