import type { EpochEntry } from '../leader-epoch-cache.ts'

/** A log as far as two copies of it can be compared without a look at their records. */
export interface LogExtent {
  readonly logStartOffset: number
  readonly logEndOffset: number
  /** Sorted; each holds until the next. */
  readonly epochEntries: readonly EpochEntry[]
}

/**
 * Up to where two logs hold the same records: a record is told by its offset and the leader epoch that it was appended under. Undefined
 * when they have no offset in common, not even an end.
 */
export function commonEndOffset(one: LogExtent, other: LogExtent): number | undefined {
  const start = Math.max(one.logStartOffset, other.logStartOffset)
  const end = Math.min(one.logEndOffset, other.logEndOffset)
  if (start > end) return undefined
  const changes = [...one.epochEntries, ...other.epochEntries].map(({ startOffset }) => startOffset)
  const offsets = [start, ...changes.filter((offset) => offset > start)].sort((a, b) => a - b)
  for (const offset of offsets) {
    if (offset >= end) break
    if (epochAt(one, offset) !== epochAt(other, offset)) return offset
  }
  return end
}

/**
 * Whether `one` is ahead of `other`: its last record is of a later epoch, or of the same one and further on. Of two copies of a log that one writer
 * after the other has made, the one ahead lacks nothing that the other has and is needed. The epoch of a log without records is not known.
 */
export function isAhead(one: LogExtent, other: LogExtent): boolean {
  const epoch = lastEpoch(one)
  const otherEpoch = lastEpoch(other)
  const areKnown = epoch !== undefined && otherEpoch !== undefined
  return !areKnown || epoch === otherEpoch ? one.logEndOffset > other.logEndOffset : epoch > otherEpoch
}

function lastEpoch(log: LogExtent): number | undefined {
  return log.logStartOffset < log.logEndOffset ? epochAt(log, log.logEndOffset - 1) : undefined
}

function epochAt({ epochEntries }: LogExtent, offset: number): number | undefined {
  return epochEntries.findLast(({ startOffset }) => startOffset <= offset)?.epoch
}
