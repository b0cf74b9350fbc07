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

/** Takes in what a fetch has brought of one partition; the next fetch goes on behind it. Tells of how many records; undefined: there is nothing to hand over. */
export function addFetched(
  partition: AssignedPartition,
  answer: FetchResponse['responses'][number]['partitions'][number],
  options: AddFetchedOptions,
): number | undefined {
  partition.failures = 0
  partition.highWatermark = saturated(answer.highWatermark)
  partition.lastStableOffset = saturated(answer.lastStableOffset)
  partition.logStartOffset = saturated(answer.logStartOffset)
  const { records } = answer
  const position = partition.fetchPosition
  if (records === null || records.length === 0 || position === undefined) return undefined
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.length)
  // A slow partition would else keep the memory of a whole answer.
  const own = options.isAlone ? bytes : Buffer.from(bytes)
  const aborted = (answer.abortedTransactions ?? []).map(({ producerId, firstOffset }) => ({
    producerId: numberOf(producerId, 'a producer id'),
    firstOffset: numberOf(firstOffset, 'an offset'),
  }))
  const { end, recordCount } = walk(own, position)
  partition.fetchPosition = end
  partition.buffer.add(own, options.isReadingCommitted ? aborted : undefined)
  return recordCount
}

/** The position behind the last batch that is complete, and how many records there are on the way. What is damaged is found again, and named, when it is taken. */
function walk(bytes: Buffer, position: Position): { readonly end: Position; readonly recordCount: number } {
  let { offset, leaderEpoch } = position
  let recordCount = 0
  try {
    for (const batch of batchesOf(bytes)) {
      const { nextOffset } = batch
      if (!Number.isSafeInteger(nextOffset)) return { end: { offset: offset + 1, leaderEpoch }, recordCount }
      const offsets = Math.max(0, nextOffset - offset)
      // An old batch would have to be decompressed to be counted.
      if (!batch.isControl) recordCount += batch.magic < 2 ? offsets : Math.min(offsets, batch.recordCount)
      offset = Math.max(offset, nextOffset)
      leaderEpoch = batch.partitionLeaderEpoch
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { end: { offset: offset + 1, leaderEpoch }, recordCount }
  }
  return { end: { offset, leaderEpoch }, recordCount }
}
