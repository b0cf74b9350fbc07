import { KafkaError } from '@odradek/kafka-protocol'

/** Throws INVALID_REQUEST for a level that is neither read_uncommitted nor read_committed. */
export function ensureIsolationLevel(isolationLevel: number): void {
  if (isolationLevel === 0 || isolationLevel === 1) return
  throw new KafkaError(
    'INVALID_REQUEST',
    `Isolation level ${isolationLevel} is neither 0 (read_uncommitted) nor 1 (read_committed)`,
  )
}
