import type { Disk } from '@odradek/base'
import { DecodeError } from '@odradek/base'
import { RecordBatch } from '@odradek/kafka-protocol'
import {
  cleanedSuffix,
  indexSuffix,
  logSuffix,
  offsetFileName,
  offsetOfFileName,
  swapSuffix,
  timeIndexSuffix,
} from '../file-names.ts'
import { readInt64 } from '../core/batch-bytes.ts'
import { OffsetIndex } from '../core/offset-index.ts'
import { BatchScanner } from '../host/batch-scanner.ts'

/** What was found of one partition's log. */
export interface InspectedLog {
  /** `<topic>-<partition>` */
  readonly name: string
  readonly segments: number
  readonly sizeBytes: number
  /** Batches whose CRC was checked; 0 without a scan. */
  readonly scannedBatches: number
  /** Behind the last record; undefined when there is no segment. */
  readonly endOffset: number | undefined
  readonly problems: readonly string[]
  readonly oddities: readonly string[]
}

const timeIndexEntryBytes = 12

/** Reads the headers of the batches of the last segment, and with `scan` every byte of every segment. */
export function inspectLog(disk: Disk, path: string, name: string, scan: boolean): InspectedLog {
  const problems: string[] = []
  const oddities: string[] = []
  const files = disk.listSync(path)
  for (const file of files) {
    if (file.endsWith(cleanedSuffix) || file.endsWith(swapSuffix)) {
      oddities.push(`${file} is left of a compaction that was broken off; the next start sees to it`)
    }
  }
  const baseOffsets = files
    .flatMap((file) => offsetOfFileName(file, logSuffix) ?? [])
    .sort((left, right) => left - right)
  let sizeBytes = 0
  let scannedBatches = 0
  let endOffset: number | undefined
  for (const [index, baseOffset] of baseOffsets.entries()) {
    const isLast = index === baseOffsets.length - 1
    const file = offsetFileName(baseOffset, logSuffix)
    const fileBytes = disk.statusSync(`${path}/${file}`)?.sizeBytes ?? 0
    sizeBytes += fileBytes
    inspectIndexes(disk, path, baseOffset, fileBytes, isLast, problems, oddities)
    if (!scan && !isLast) continue
    const walked = walk(disk, `${path}/${file}`, file, baseOffset, fileBytes, scan, problems)
    scannedBatches += scan ? walked.batches : 0
    endOffset = walked.endOffset
    if (walked.validBytes < fileBytes) {
      const left = `the last ${fileBytes - walked.validBytes} bytes of ${file} are no whole batch`
      if (isLast) oddities.push(`${left}; the next start cuts them off`)
      else problems.push(`${left}, and other segments follow`)
    }
    const next = baseOffsets[index + 1]
    if (next !== undefined && walked.endOffset > next) {
      problems.push(`${file} reaches to offset ${walked.endOffset - 1}, but the next segment begins at ${next}`)
    }
  }
  return { name, segments: baseOffsets.length, sizeBytes, scannedBatches, endOffset, problems, oddities }
}

/** Goes through the batches of a segment; with `scan` checks their CRCs, too. */
function walk(
  disk: Disk,
  path: string,
  file: string,
  baseOffset: number,
  fileBytes: number,
  scan: boolean,
  problems: string[],
): { validBytes: number; endOffset: number; batches: number } {
  const handle = disk.openSync(path, 'read')
  try {
    const scanner = new BatchScanner(handle, 0, fileBytes, scan)
    let endOffset = baseOffset
    let batches = 0
    while (scanner.next()) {
      const first = readInt64(scanner.buffer, scanner.at)
      if (first < endOffset)
        problems.push(`${file}: the batch at byte ${scanner.position} goes back to offset ${first}`)
      if (scan && !isWhole(scanner)) {
        problems.push(
          `${file}: the batch at byte ${scanner.position} (offset ${first}) is damaged: its CRC does not fit`,
        )
      }
      endOffset = scanner.lastOffset + 1
      batches++
    }
    return { validBytes: scanner.position, endOffset, batches }
  } finally {
    handle.closeSync()
  }
}

function isWhole(scanner: BatchScanner): boolean {
  try {
    return new RecordBatch(scanner.buffer, scanner.at).isCrcValid()
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

/** Whole entries that do not go back, within the segment. A broker makes an index anew that is missing or wrong. */
function inspectIndexes(
  disk: Disk,
  path: string,
  baseOffset: number,
  segmentBytes: number,
  isLast: boolean,
  problems: string[],
  oddities: string[],
): void {
  const indexName = offsetFileName(baseOffset, indexSuffix)
  if (disk.statusSync(`${path}/${indexName}`) === undefined) {
    if (segmentBytes > 0 && !isLast) oddities.push(`${indexName} is missing; the next start makes it anew`)
  } else {
    const fault = indexFault(baseOffset, disk.readFileSync(`${path}/${indexName}`), segmentBytes)
    if (fault !== undefined) problems.push(`${indexName} ${fault}; delete it, and the next start makes it anew`)
  }
  const timeIndexName = offsetFileName(baseOffset, timeIndexSuffix)
  const timeIndexBytes = disk.statusSync(`${path}/${timeIndexName}`)?.sizeBytes ?? 0
  if (timeIndexBytes % timeIndexEntryBytes !== 0) {
    problems.push(`${timeIndexName} ends in the middle of an entry; delete it, and the next start makes it anew`)
  }
}

function indexFault(baseOffset: number, content: Buffer, segmentBytes: number): string | undefined {
  const index = new OffsetIndex(baseOffset)
  if (!index.load(content)) return 'is damaged'
  if (index.count > 0 && index.positionAt(index.count - 1) >= segmentBytes) return 'points behind its segment'
  return undefined
}
