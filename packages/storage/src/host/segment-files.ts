import type { BufferPool } from '@odradek/base'
import type { ReadResult } from '../append/append-types.ts'
import type { AbortedTransaction } from '../core/producer/producer-states.ts'
import type { SegmentList } from '../core/segment-list.ts'
import { deletedSuffix } from '../file-names.ts'
import type { LogContext } from './log-context.ts'
import type { ProducerSnapshotFiles } from './producer-snapshot-files.ts'
import type { Segment } from './segment.ts'

/**
 * Whole batches from the one that holds `startOffset` on: from one segment, or from the next when that has nothing at or after the
 * offset, as after a compaction.
 */
export function readSegments(
  segments: SegmentList<Segment>,
  startOffset: number,
  maxBytes: number,
  minOneMessage: boolean,
  upperBoundOffset: number,
  buffers: BufferPool,
): ReadResult {
  for (const segment of segments.from(startOffset)) {
    const found = segment.read(startOffset, maxBytes, minOneMessage, upperBoundOffset, buffers)
    if (found === undefined) continue
    const { chunk, nextOffset } = found
    return { chunks: chunk.length === 0 ? [] : [chunk], sizeBytes: chunk.length, nextOffset }
  }
  return { chunks: [], sizeBytes: 0, nextOffset: startOffset }
}

/** Aborted transactions that may concern a reader of `startOffset` up to `upperBoundOffset`. */
export function abortedTransactionsIn(
  segments: SegmentList<Segment>,
  startOffset: number,
  upperBoundOffset: number,
): AbortedTransaction[] {
  const found: AbortedTransaction[] = []
  for (const segment of segments.from(startOffset)) {
    for (const transaction of segment.transactions.all()) {
      if (transaction.lastOffset >= startOffset && transaction.firstOffset < upperBoundOffset) found.push(transaction)
      // Those that come later began after what was decided then.
      if (transaction.lastStableOffset >= upperBoundOffset) return found
    }
  }
  return found
}

/**
 * Gives up the files of segments that are out of the log: renames them, and returns their new paths, to be removed later. The order given
 * begins at an end of the log, and file systems keep the order of changes within a directory: a crash on the way leaves no gap. After a
 * power failure files may be back under their old names until the directory is synced, which is up to the caller.
 */
export function retireSegments(
  { env: { disk } }: LogContext,
  segments: readonly Segment[],
  snapshots: ProducerSnapshotFiles,
): string[] {
  const retired: string[] = []
  for (const segment of segments) {
    segment.giveUp()
    const snapshot = snapshots.release(segment.baseOffset)
    for (const path of snapshot === undefined ? segment.paths() : [...segment.paths(), snapshot]) {
      if (disk.statusSync(path) === undefined) continue
      disk.renameSync(path, path + deletedSuffix)
      retired.push(path + deletedSuffix)
    }
  }
  return retired
}
