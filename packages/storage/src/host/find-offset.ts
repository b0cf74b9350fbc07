import { RecordBatch } from '@odradek/kafka-protocol'
import type { OffsetAndTimestamp } from '../append/append-types.ts'
import { batchMaxTimestampMs } from './segment.ts'
import type { Segment } from './segment.ts'

/** The first record at or after both `timestampMs` and `startOffset`: index, then batch headers, then the records of one batch. */
export function findOffsetForTimestamp(
  segments: readonly Segment[],
  timestampMs: number,
  startOffset: number,
): OffsetAndTimestamp | undefined {
  for (const segment of segments) {
    if (segment.largestTimestampMs < timestampMs) continue
    const found = findInSegment(segment, timestampMs, startOffset)
    // The records that make a segment late enough may all be before the start.
    if (found !== undefined) return found
  }
  return undefined
}

function findInSegment(segment: Segment, timestampMs: number, startOffset: number): OffsetAndTimestamp | undefined {
  const { times, offsets } = segment.indexes
  const scanner = segment.scan(offsets.lookup(Math.max(times.lookup(timestampMs).offset, startOffset)), false)
  while (scanner.next()) {
    if (batchMaxTimestampMs(scanner.buffer, scanner.at) < timestampMs || scanner.lastOffset < startOffset) continue
    const batch = wholeBatch(segment, scanner.position)
    const found = findRecord(batch, (record) => record.timestampMs >= timestampMs && record.offset >= startOffset)
    if (found !== undefined) return found
  }
  return undefined
}

/** The record with the largest timestamp of all. */
export function findOffsetOfMaxTimestamp(segments: readonly Segment[]): OffsetAndTimestamp | undefined {
  let latest: Segment | undefined
  for (const segment of segments) {
    if (latest === undefined || segment.max.timestampMs > latest.max.timestampMs) latest = segment
  }
  if (latest === undefined || latest.max.timestampMs < 0) return undefined
  const { timestampMs, offset } = latest.max
  const scanner = latest.scan(latest.indexes.offsets.lookup(offset), false)
  while (scanner.next()) {
    if (batchMaxTimestampMs(scanner.buffer, scanner.at) !== timestampMs) continue
    const found = findRecord(wholeBatch(latest, scanner.position), (record) => record.timestampMs === timestampMs)
    if (found !== undefined) return found
  }
  return undefined
}

function wholeBatch(segment: Segment, position: number): RecordBatch {
  const scanner = segment.scan(position, true)
  scanner.next()
  return new RecordBatch(scanner.buffer, scanner.at)
}

/** Records of a batch with append time all have that of the batch. */
function findRecord(
  batch: RecordBatch,
  matches: (record: { offset: number; timestampMs: number }) => boolean,
): OffsetAndTimestamp | undefined {
  for (const record of batch.records()) {
    const candidate = { offset: record.offset, timestampMs: record.timestampMs }
    if (!matches(candidate)) continue
    const leaderEpoch = batch.magic >= 2 && batch.partitionLeaderEpoch >= 0 ? batch.partitionLeaderEpoch : undefined
    return { ...candidate, leaderEpoch }
  }
  return undefined
}
