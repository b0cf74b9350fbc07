import { RecordBatch } from '@odradek/kafka-protocol'
import type { ProducerStates, TransactionMarker } from '../core/producer/producer-states.ts'
import type { BatchScanner } from './batch-scanner.ts'
import type { Segment } from './segment.ts'

/** The marker in a control batch, or undefined for other control batches and for one that compaction has emptied. */
export function transactionMarkerOf(batch: RecordBatch): TransactionMarker | undefined {
  for (const { key, value, timestampMs } of batch.records()) {
    if (key === null || value === null || key.length < 4 || value.length < 6) return undefined
    const type = key.readInt16BE(2)
    if (type !== 0 && type !== 1) return undefined
    return { isCommit: type === 1, coordinatorEpoch: value.readInt32BE(2), timestampMs: Number(timestampMs) }
  }
  return undefined
}

/** Applies a batch that is in the log to what is known of its producer, and notes a transaction that it aborts. */
export function replayProducer(
  states: ProducerStates,
  batch: RecordBatch,
  segment: Segment,
  writeIndex: boolean,
): void {
  if (batch.magic >= 2 && batch.producerId >= 0) {
    if (batch.isControl) {
      const marker = transactionMarkerOf(batch)
      const aborted = marker === undefined ? undefined : states.applyMarker(batch, marker, batch.baseOffset)
      if (aborted !== undefined && writeIndex) segment.transactions.append(aborted)
    } else {
      states.applyData(batch, batch.baseOffset)
    }
  }
  states.mapEndOffset = batch.lastOffset + 1
}

/** Brings `states` from where they are to `endOffset` with the batches of the segments. */
export function replaySegments(states: ProducerStates, segments: readonly Segment[], endOffset: number): void {
  for (const segment of segments) {
    if (segment.baseOffset >= endOffset || states.mapEndOffset >= endOffset) break
    const scanner = segment.scan(segment.locate(Math.max(segment.baseOffset, states.mapEndOffset)), false)
    while (scanner.next() && scanner.lastOffset < endOffset) {
      if (scanner.lastOffset < states.mapEndOffset) continue
      replayProducer(states, wholeControlBatch(scanner, segment), segment, false)
    }
  }
  states.mapEndOffset = Math.max(states.mapEndOffset, endOffset)
}

/** Headers are enough for data; a marker's record must be there too. */
function wholeControlBatch(scanner: BatchScanner, segment: Segment): RecordBatch {
  const batch = new RecordBatch(scanner.buffer, scanner.at)
  if (batch.magic < 2 || !batch.isControl) return batch
  const whole = segment.scan(scanner.position, true)
  whole.next()
  return new RecordBatch(whole.buffer, whole.at)
}
