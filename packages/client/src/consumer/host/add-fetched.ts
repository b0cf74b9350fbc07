import type { FetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { batchesOf } from '@odradek/kafka-protocol'
import { DecodeError } from '@odradek/base'
import { numberOf, saturated } from '../../int64.ts'
import type { AssignedPartition, Position } from './assigned-partition.ts'

export interface AddFetchedOptions {
  readonly isReadingCommitted: boolean
  /** No other partition has records in the same answer: its memory may be kept as it is. */
  readonly isAlone: boolean
}

/** Takes in what a fetch has brought of one partition; the next fetch goes on behind it. Tells whether there is anything to hand over. */
export function addFetched(
  partition: AssignedPartition,
  answer: FetchResponse['responses'][number]['partitions'][number],
  options: AddFetchedOptions,
): boolean {
  partition.failures = 0
  partition.highWatermark = saturated(answer.highWatermark)
  partition.lastStableOffset = saturated(answer.lastStableOffset)
  partition.logStartOffset = saturated(answer.logStartOffset)
  const { records } = answer
  const position = partition.fetchPosition
  if (records === null || records.length === 0 || position === undefined) return false
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.length)
  // A slow partition would else keep the memory of a whole answer.
  const own = options.isAlone ? bytes : Buffer.from(bytes)
  const aborted = (answer.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
    producerId: numberOf(producerId, 'a producer id'),
    firstOffset: numberOf(firstOffset, 'an offset'),
  }))
  partition.fetchPosition = endOf(own, position)
  partition.buffer.add(own, options.isReadingCommitted ? aborted : undefined)
  return true
}

/** Behind the last batch that is complete. What is damaged is found again, and named, when it is taken. */
function endOf(bytes: Buffer, position: Position): Position {
  let end = position
  try {
    for (const batch of batchesOf(bytes)) {
      if (!Number.isSafeInteger(batch.nextOffset)) return { offset: end.offset + 1, leaderEpoch: end.leaderEpoch }
      end = { offset: Math.max(end.offset, batch.nextOffset), leaderEpoch: batch.partitionLeaderEpoch }
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { offset: end.offset + 1, leaderEpoch: end.leaderEpoch }
  }
  return end
}
