import { cleanedSuffix, deletedSuffix, logSuffix, offsetOfFileName, snapshotSuffix, swapSuffix } from '../file-names.ts'
import { BatchScanner } from './batch-scanner.ts'
import type { LogContext } from './log-context.ts'

/**
 * Tidies a log's directory after an interrupted deletion or compaction, as Kafka does: what waits for deletion goes, so does what the
 * cleaner had not finished writing; what it was swapping in is complete, so it replaces the segments that it covers. True when it
 * changed names: before anything else is written they must be made durable, or a power failure brings them back.
 */
export function finishSwaps({ env: { disk } }: LogContext, path: string, names: readonly string[]): boolean {
  const cleanedMin = Math.min(...names.filter((name) => name.endsWith(cleanedSuffix)).map(leadingOffset))
  const swaps: string[] = []
  let hasChanged = false
  for (const name of names) {
    const isUnfinished = name.endsWith(swapSuffix) && leadingOffset(name) >= cleanedMin
    if (name.endsWith(deletedSuffix) || name.endsWith(cleanedSuffix) || isUnfinished) {
      disk.removeTreeSync(`${path}/${name}`)
      hasChanged = true
    } else if (name.endsWith(swapSuffix)) {
      swaps.push(name)
    }
  }
  if (swaps.length === 0) return hasChanged
  const [start, end] = coveredOffsets(disk, path, swaps)
  for (const name of disk.listSync(path)) {
    const offset = name.endsWith(swapSuffix) || name.endsWith(snapshotSuffix) ? NaN : leadingOffset(name)
    if (offset >= start && offset < end) disk.removeTreeSync(`${path}/${name}`)
  }
  for (const name of swaps) disk.renameSync(`${path}/${name}`, `${path}/${name.slice(0, -swapSuffix.length)}`)
  return true
}

/** NaN for names that do not begin with an offset. */
function leadingOffset(name: string): number {
  return /^[0-9]{20}\./.test(name) ? Number(name.slice(0, 20)) : NaN
}

/** From the first offset of the logs that are swapped in to the one after their last. */
function coveredOffsets(disk: LogContext['env']['disk'], path: string, swaps: readonly string[]): [number, number] {
  let start = Infinity
  let end = -Infinity
  for (const name of swaps) {
    const baseOffset = offsetOfFileName(name, logSuffix + swapSuffix)
    if (baseOffset === undefined) continue
    start = Math.min(start, baseOffset)
    const file = disk.openSync(`${path}/${name}`, 'read')
    try {
      const scanner = new BatchScanner(file, 0, file.sizeBytes(), false)
      while (scanner.next()) end = Math.max(end, scanner.lastOffset + 1)
    } finally {
      file.closeSync()
    }
  }
  return [start, end]
}
