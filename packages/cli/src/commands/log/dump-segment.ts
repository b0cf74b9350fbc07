import type { Env } from '@odradek/base'
import { DecodeError } from '@odradek/base'
import type { BatchRecord, RecordBatch } from '@odradek/kafka-protocol'
import { dumpSegment } from '@odradek/storage'
import type { DumpedBatch } from '@odradek/storage'
import { progressBar } from '../../output/progress.ts'
import type { FileToDump } from './find-files.ts'

/** Where what was found goes. */
export interface DumpSink {
  /** Each batch, and then each of its records where they are wanted. */
  batch(file: FileToDump, dumped: DumpedBatch): Promise<void>
  /** Undefined when nobody wants records: they are not even decompressed. */
  readonly record: ((file: FileToDump, record: BatchRecord, batch: RecordBatch) => Promise<void>) | undefined
  readonly isFull: () => boolean
  fault(file: FileToDump, text: string): void
  progress(text: () => string): void
}

export interface OffsetRange {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/** So many batches are gone through before others have their turn. */
const batchesPerTurn = 100

/** Goes through the batches of a segment, and their records, between two offsets. One batch is in memory at a time. */
export async function dumpSegmentFile(env: Env, file: FileToDump, range: OffsetRange, sink: DumpSink): Promise<void> {
  const sizeBytes = env.disk.statusSync(file.path)?.sizeBytes ?? 0
  const walk = dumpSegment(env.disk, file.path)
  try {
    for (let count = 1; ; count++) {
      const next = walk.next()
      if (next.done === true) {
        const { position, fault } = next.value
        if (fault !== undefined) sink.fault(file, `at byte ${position}: ${fault}`)
        return
      }
      const { position, batch, fault } = next.value
      sink.progress(() => `${progressBar(position, sizeBytes)}  ${file.path}`)
      if (fault !== undefined)
        sink.fault(file, `at byte ${position} (offset ${batch.lastOffset - batch.lastOffsetDelta}): ${fault}`)
      if (batch.lastOffset >= range.from) {
        if (batch.lastOffset - batch.lastOffsetDelta >= range.to) return
        await sink.batch(file, next.value)
        if (sink.record !== undefined && fault === undefined) await dumpRecords(file, next.value, range, sink)
      }
      if (sink.isFull()) return
      if (count % batchesPerTurn === 0) await new Promise<void>((resolve) => env.timers.endOfTurn(resolve))
    }
  } finally {
    walk.return({ position: 0, sizeBytes, fault: undefined })
  }
}

async function dumpRecords(
  file: FileToDump,
  { position, batch }: DumpedBatch,
  range: OffsetRange,
  sink: DumpSink,
): Promise<void> {
  try {
    for (const record of batch.records()) {
      if (record.offset < range.from || record.offset >= range.to) continue
      await sink.record?.(file, record, batch)
      if (sink.isFull()) return
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    sink.fault(file, `at byte ${position} (offset ${batch.lastOffset - batch.lastOffsetDelta}): ${error.message}`)
  }
}
