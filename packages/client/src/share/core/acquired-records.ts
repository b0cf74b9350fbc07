import { DecodeError } from '@odradek/base'
import { batchesOf, KafkaError } from '@odradek/kafka-protocol'
import type { BatchRecord, RecordBatch, TimestampType } from '@odradek/kafka-protocol'
import { numberOf } from '../../int64.ts'

/** What a broker has given this member of one partition: both ends are included. */
export interface AcquiredRange {
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  readonly deliveryCount: number
}

export interface AcquiredRecord extends BatchRecord {
  readonly timestampType: TimestampType
  readonly leaderEpoch: number
  readonly deliveryCount: number
}

export interface AcquiredRecords {
  readonly records: readonly AcquiredRecord[]
  /** Acquired offsets without a record: compaction has removed it, or it is a marker. */
  readonly gaps: readonly number[]
  /** Acquired offsets in a batch that cannot be read. */
  readonly damaged: readonly number[]
  readonly damage: Error | undefined
}

/** No broker acquires more at once; what says so is not believed. */
const acquiredCountMax = 1_000_000

/**
 * The records that were acquired, of the batches that they came in: a batch may have more than was acquired. Throws `DecodeError` when the ranges make no sense.
 */
export function acquiredRecords(
  bytes: Buffer | null,
  ranges: readonly AcquiredRange[],
  isCheckingCrcs: boolean,
): AcquiredRecords {
  const deliveryCounts = deliveryCountsOf(ranges)
  const records: AcquiredRecord[] = []
  const left = new Set(deliveryCounts.keys())
  const damaged: number[] = []
  let damage: Error | undefined
  const readBatch = (batch: RecordBatch): void => {
    if (isCheckingCrcs) batch.ensureValid()
    if (batch.isControl) return
    const found: AcquiredRecord[] = []
    const { timestampType, partitionLeaderEpoch: leaderEpoch } = batch
    for (const record of batch.records()) {
      const deliveryCount = deliveryCounts.get(record.offset)
      if (deliveryCount !== undefined) found.push({ ...record, timestampType, leaderEpoch, deliveryCount })
    }
    for (const record of found) if (left.delete(record.offset)) records.push(record)
  }
  try {
    for (const batch of batchesOf(bytes ?? Buffer.alloc(0))) {
      try {
        readBatch(batch)
      } catch (error) {
        damage = damageOf(error)
        const inBatch = [...left].filter((offset) => offset >= batch.baseOffset && offset <= batch.lastOffset)
        for (const offset of inBatch) left.delete(offset)
        damaged.push(...inBatch)
      }
    }
  } catch (error) {
    damage = damageOf(error)
    damaged.push(...left)
    left.clear()
  }
  return { records, gaps: [...left], damaged, damage }
}

function damageOf(error: unknown): Error {
  if (error instanceof DecodeError || error instanceof KafkaError) return error
  throw error
}

function deliveryCountsOf(ranges: readonly AcquiredRange[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { firstOffset, lastOffset, deliveryCount } of ranges) {
    const [first, last] = [numberOf(firstOffset, 'an offset'), numberOf(lastOffset, 'an offset')]
    if (first < 0 || last < first || last - first + counts.size >= acquiredCountMax) {
      throw new DecodeError('MALFORMED', `acquired records from ${first} to ${last}`)
    }
    for (let offset = first; offset <= last; offset++) counts.set(offset, deliveryCount)
  }
  return counts
}
