import path from 'node:path'
import { batchesOf, RecordCursor } from '@odradek/kafka-protocol'
import type { RecordBatch } from '@odradek/kafka-protocol'

const offsetEntryBytes = 8
const timeEntryBytes = 12

interface IndexOptions {
  /** Only what a broker looks at when it starts. */
  readonly isSanityOnly: boolean
  readonly isVerifyOnly: boolean
}

type Read = (file: string) => Buffer
type Print = (line: string) => Promise<void>
type PrintError = (line: string) => void

interface OffsetEntry {
  readonly offset: number
  readonly position: number
}

function baseOffsetOf(file: string): number {
  return Number(path.basename(file).split('.')[0])
}

function besides(file: string, ending: string): string {
  return file.replace(/\.[^./]*$/, ending)
}

/** The entries of an offset index; zeros at the end are room that a crash has left. */
function offsetEntries(content: Buffer, baseOffset: number): OffsetEntry[] {
  const count = Math.floor(content.length / offsetEntryBytes)
  const entries = Array.from({ length: count }, (_, index) => ({
    offset: baseOffset + content.readInt32BE(index * offsetEntryBytes),
    position: content.readInt32BE(index * offsetEntryBytes + 4),
  }))
  const end = entries.findIndex(({ offset }, index) => index > 0 && offset === baseOffset)
  return end < 0 ? entries : entries.slice(0, end)
}

/** An `.index` file, each entry held against the batch that it points to. */
export async function dumpOffsetIndex(
  read: Read,
  file: string,
  print: Print,
  printError: PrintError,
  { isSanityOnly, isVerifyOnly }: IndexOptions,
): Promise<void> {
  const content = read(file)
  const baseOffset = baseOffsetOf(file)
  const entries = offsetEntries(content, baseOffset)
  if (entries.length === 0) return print(`${file} is empty.`)
  if (isSanityOnly) {
    const last = entries.at(-1)?.offset ?? baseOffset
    if (content.length % offsetEntryBytes !== 0 || last < baseOffset)
      return printError(`Corrupt index found, index file (${path.resolve(file)}) has ${content.length} bytes`)
    return print(`${file} passed sanity check.`)
  }
  const log = read(besides(file, '.log'))
  const mismatches: string[] = []
  for (const { offset, position } of entries) {
    const found = firstBatch(log, position)?.lastOffset
    if (found !== offset) mismatches.push(`  Index offset: ${offset}, log offset: ${found ?? -1}`)
    if (!isVerifyOnly) await print(`offset: ${offset} position: ${position}`)
  }
  if (mismatches.length === 0) return
  printError(`Mismatches in :${path.resolve(file)}`)
  for (const line of mismatches.toReversed()) printError(line)
}

function firstBatch(log: Buffer, position: number): RecordBatch | undefined {
  return position < log.length ? batchesOf(log, position).next().value : undefined
}

/** A `.timeindex` file, each entry held against the batch that ends with its offset. */
export async function dumpTimeIndex(
  read: Read,
  file: string,
  print: Print,
  printError: PrintError,
  { isSanityOnly, isVerifyOnly }: IndexOptions,
): Promise<void> {
  const content = read(file)
  const baseOffset = baseOffsetOf(file)
  const count = Math.floor(content.length / timeEntryBytes)
  if (isSanityOnly) {
    if (content.length % timeEntryBytes !== 0)
      return printError(`Time index file ${path.resolve(file)} is corrupt, found ${content.length} bytes`)
    return print(`${file} passed sanity check.`)
  }
  const log = read(besides(file, '.log'))
  const positions = offsetEntries(read(besides(file, '.index')), baseOffset)
  const wrong = { mismatches: [] as string[], disorder: [] as string[], missing: [] as string[] }
  let before = -1
  for (let index = 0; index < count; index++) {
    const timestamp = Number(content.readBigInt64BE(index * timeEntryBytes))
    const offset = baseOffset + content.readInt32BE(index * timeEntryBytes + 8)
    if (offset === baseOffset && index > 0) break
    const start = positions.findLast((entry) => entry.offset <= offset)?.position ?? 0
    const batch = batchWith(log, start, offset)
    if (batch?.lastOffset !== offset)
      wrong.missing.push(`Indexed offset: ${offset}, found log offset: ${batch?.lastOffset ?? -1}`)
    else {
      const found = newestTimestamp(batch)
      if (found !== timestamp) wrong.mismatches.push(`  Index timestamp: ${timestamp}, log timestamp: ${found}`)
      if (before >= timestamp)
        wrong.disorder.push(`  Index timestamp: ${timestamp}, Previously indexed timestamp: ${before}`)
    }
    if (!isVerifyOnly) await print(`timestamp: ${timestamp} offset: ${offset}`)
    before = timestamp
  }
  const whole = path.resolve(file)
  printList(printError, `Found timestamp mismatch in :${whole}`, wrong.mismatches)
  printList(printError, `Found out of order timestamp in :${whole}`, wrong.disorder)
  printList(printError, 'The following indexed offsets are not found in the log.', wrong.missing)
}

function batchWith(log: Buffer, start: number, offset: number): RecordBatch | undefined {
  for (const batch of batchesOf(log, start)) if (batch.lastOffset >= offset) return batch
  return undefined
}

function newestTimestamp(batch: RecordBatch): number {
  const cursor = new RecordCursor()
  batch.startCursor(cursor)
  let newest = -1
  while (cursor.next()) newest = Math.max(newest, cursor.timestampMs)
  return newest
}

function printList(printError: PrintError, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return
  printError(title)
  for (const line of lines) printError(line)
}
