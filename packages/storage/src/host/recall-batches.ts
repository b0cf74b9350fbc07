import { RecordBatch } from '@odradek/kafka-protocol'
import type { ProducerBatch, ProducerEntry } from '../core/producer/producer-entry.ts'
import type { ProducerStates } from '../core/producer/producer-states.ts'
import type { Segment } from './segment.ts'

/** Clients give up repeating a batch well before (`delivery.timeout.ms` is two minutes). */
const repeatedWithinMs = 5 * 60 * 1000
/** How far back in the log is looked. */
export const recallOffsetsMax = 1000

/**
 * Kafka's producer snapshots hold only the last batch of each producer. A client that lost its broker repeats all that it had in flight, and
 * what was appended of it must be recognised, or its next batch would be out of order. So the batches before the last are read from the
 * log again, for producers that wrote lately. Called with states as a snapshot has them.
 */
export function recallBatches(states: ProducerStates, segments: readonly Segment[], nowMs: number): void {
  const { mapEndOffset } = states
  const wanted = new Map<number, ProducerEntry>()
  for (const entry of states.entries()) {
    const isRecent = entry.batches.length === 1 && Math.abs(nowMs - entry.lastTimestampMs) < repeatedWithinMs
    if (isRecent && entry.lastOffset >= mapEndOffset - recallOffsetsMax) wanted.set(entry.producerId, entry)
  }
  if (wanted.size === 0) return
  const found = new Map<number, ProducerBatch[]>()
  const startOffset = mapEndOffset - recallOffsetsMax
  for (const segment of segments) {
    if (segment.baseOffset >= mapEndOffset) break
    const scanner = segment.scan(segment.locate(Math.max(segment.baseOffset, startOffset)), false)
    while (scanner.next() && scanner.lastOffset < mapEndOffset) {
      const batch = new RecordBatch(scanner.buffer, scanner.at)
      if (batch.magic < 2 || batch.isControl) continue
      const entry = wanted.get(batch.producerId)
      if (entry === undefined || batch.producerEpoch !== entry.epoch || batch.lastOffset >= entry.lastOffset) continue
      const batches = found.get(batch.producerId)
      const { lastSequence, lastOffset, lastOffsetDelta: offsetDelta, maxTimestampMs: timestampMs } = batch
      const one = { lastSequence, lastOffset, offsetDelta, timestampMs }
      if (batches === undefined) found.set(batch.producerId, [one])
      else batches.push(one)
    }
  }
  for (const [producerId, batches] of found) wanted.get(producerId)?.recall(batches)
}
