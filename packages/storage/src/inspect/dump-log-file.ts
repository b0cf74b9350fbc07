import type { Disk } from '@odradek/base'
import { DecodeError } from '@odradek/base'
import { RecordBatch } from '@odradek/kafka-protocol'
import { readInt64 } from '../core/batch-bytes.ts'
import { BatchScanner } from '../host/batch-scanner.ts'

/** A batch of a segment where it lies. It is a view of a buffer that the next one overwrites. */
export interface DumpedBatch {
  /** In bytes from the beginning of the file. */
  readonly position: number
  readonly batch: RecordBatch
  /** What is wrong with it; undefined when its CRC fits and offsets grow. */
  readonly fault: string | undefined
}

/** Where the part of a segment that can be read ends, when that is not its end. */
export interface DumpEnd {
  readonly position: number
  readonly sizeBytes: number
  readonly fault: string | undefined
}

/**
 * The batches of a segment's file (`.log`), one after the other, from byte `start` on; one batch is in memory at a time. Resolves what follows the last
 * whole one: a batch that states an impossible size ends the walk, as nobody can say where the next begins.
 */
export function* dumpSegment(disk: Disk, path: string, start = 0): Generator<DumpedBatch, DumpEnd> {
  const file = disk.openSync(path, 'read')
  try {
    const sizeBytes = file.sizeBytes()
    const scanner = new BatchScanner(file, Math.min(start, sizeBytes), sizeBytes, true)
    let nextOffset = -Infinity
    while (scanner.next()) {
      const batch = new RecordBatch(scanner.buffer, scanner.at)
      const first = readInt64(scanner.buffer, scanner.at)
      yield { position: scanner.position, batch, fault: faultOf(batch, first, nextOffset) }
      nextOffset = scanner.lastOffset + 1
    }
    const left = sizeBytes - scanner.position
    return {
      position: scanner.position,
      sizeBytes,
      fault: left <= 0 ? undefined : `the last ${left} bytes are no whole batch`,
    }
  } finally {
    file.closeSync()
  }
}

function faultOf(batch: RecordBatch, first: number, nextOffset: number): string | undefined {
  if (batch.magic < 0 || batch.magic > 2) return `a batch of magic ${batch.magic}, which is not known`
  try {
    if (!batch.isCrcValid()) return 'its CRC does not fit'
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return error.message
  }
  return first < nextOffset ? `it goes back to offset ${first}` : undefined
}
