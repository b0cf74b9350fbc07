import { DecodeError } from '@odradek/base'
import { parseEndTransaction, RecordBatch } from '@odradek/kafka-protocol'
import type { ProducerBatch } from '../core/producer/producer-entry.ts'
import type { AppendOrigin, ProducerStates, TransactionMarker } from '../core/producer/producer-states.ts'
import type { BatchScanner } from './batch-scanner.ts'
import type { Segment } from './segment.ts'

/** The marker in a control batch, or undefined for other control batches, for one that compaction has emptied, and for nonsense. */
export function transactionMarkerOf(batch: RecordBatch): TransactionMarker | undefined {
  try {
    for (const record of batch.records()) {
      const end = parseEndTransaction(record)
      if (end === undefined) return undefined
      const { coordinatorEpoch, outcome } = end
      return { isCommit: outcome === 'commit', coordinatorEpoch, timestampMs: record.timestampMs }
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
  return undefined
}

/**
 * The batch that a client sends again, if that is what it does. Throws `KafkaError` when the epoch or sequence of a producer does not
 * fit what is known of it.
 */
export function checkProducers(
  states: ProducerStates,
  batches: readonly RecordBatch[],
  origin: AppendOrigin,
): ProducerBatch | undefined {
  for (const batch of batches) {
    if (batch.producerId < 0) continue
    const duplicate = origin === 'client' ? states.duplicateOf(batch) : undefined
    if (duplicate !== undefined) return duplicate
    const marker = batch.isControl ? transactionMarkerOf(batch) : undefined
    if (marker !== undefined) states.checkMarker(batch, marker, origin)
    else if (!batch.isControl) states.checkData(batch, origin)
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
