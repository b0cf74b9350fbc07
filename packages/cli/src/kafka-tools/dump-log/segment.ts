import { DecodeError } from '@odradek/base'
import { batchesOf, parseEndTransaction, RecordCursor } from '@odradek/kafka-protocol'
import type { RecordBatch } from '@odradek/kafka-protocol'
import path from 'node:path'

/** A record as its batch has it. */
export interface DumpedRecord {
  readonly offset: number
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** The texts of key and value; undefined for what is not printed. */
export type RecordDecoder = (record: DumpedRecord) => {
  readonly key: string | undefined
  readonly payload: string | undefined
}

export interface SegmentOptions {
  readonly bytesMax: number
  /** Records, not only batches. */
  readonly isDeep: boolean
  readonly decode: RecordDecoder | undefined
  readonly hasMetadata: boolean
}

type Print = (line: string) => Promise<void>

const timestampTypes = { create: 'CreateTime', append: 'LogAppendTime', none: 'NoTimestampType' } as const

/** A segment batch by batch, and the offsets that do not follow each other. */
export async function dumpSegment(
  content: Buffer,
  file: string,
  print: Print,
  printError: (line: string) => void,
  { bytesMax, isDeep, decode, hasMetadata }: SegmentOptions,
): Promise<void> {
  const name = path.basename(file)
  await print(`Log starting offset: ${Number(name.split('.')[0])}`)
  let position = 0
  let lastOffset = -1
  const gaps: string[] = []
  const end = Math.min(content.length, bytesMax)
  try {
    for (const batch of batchesOf(content, 0, end)) {
      await print(batchLine(batch, position))
      if (isDeep) {
        const cursor = new RecordCursor()
        batch.startCursor(cursor)
        for (let index = 0; cursor.next(); index++) {
          if (lastOffset >= 0 && cursor.offset !== lastOffset + 1)
            gaps.push(`  ${lastOffset} is followed by ${cursor.offset}`)
          lastOffset = cursor.offset
          await print(recordLine(batch, cursor, index, decode, hasMetadata))
        }
      }
      position += batch.sizeInBytes
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    printError(`${file}: ${error.message}`)
  }
  if (content.length > position && bytesMax === Infinity)
    await print(`Found ${content.length - position} invalid bytes at the end of ${name}`)
  if (gaps.length === 0) return
  printError(`Non-consecutive offsets in ${path.resolve(file)}`)
  for (const gap of gaps.toReversed()) printError(gap)
}

function batchLine(batch: RecordBatch, position: number): string {
  const horizon = batch.deleteHorizonMs === undefined ? 'OptionalLong.empty' : `OptionalLong[${batch.deleteHorizonMs}]`
  const head =
    batch.magic >= 2
      ? `baseOffset: ${batch.baseOffset} lastOffset: ${batch.lastOffset} count: ${batch.recordCount} baseSequence: ${batch.baseSequence} lastSequence: ${batch.lastSequence} producerId: ${batch.producerId} producerEpoch: ${batch.producerEpoch} partitionLeaderEpoch: ${batch.partitionLeaderEpoch} isTransactional: ${batch.isTransactional} isControl: ${batch.isControl} deleteHorizonMs: ${horizon}`
      : `offset: ${batch.lastOffset}`
  const isValid = batch.magic < 2 || batch.isCrcValid()
  return `${head} position: ${position} ${timestampTypes[batch.timestampType]}: ${batch.maxTimestampMs} size: ${batch.sizeInBytes} magic: ${batch.magic} compresscodec: ${batch.compression} crc: ${batch.crc} isvalid: ${isValid}`
}

function recordLine(
  batch: RecordBatch,
  cursor: RecordCursor,
  index: number,
  decode: RecordDecoder | undefined,
  hasMetadata: boolean,
): string {
  const { key, value, offset } = cursor
  const parts: string[] = []
  if (hasMetadata) {
    parts.push(
      `offset: ${offset} ${timestampTypes[batch.timestampType]}: ${cursor.timestampMs} keySize: ${key?.length ?? -1} valueSize: ${value?.length ?? -1}`,
    )
    if (batch.magic >= 2) {
      const sequence = batch.baseSequence < 0 ? -1 : (batch.baseSequence + index) & 0x7fff_ffff
      const headers = cursor.headers().map((header) => header.key)
      parts.push(`sequence: ${sequence} headerKeys: [${headers.join(',')}]`)
    }
    if (batch.isControl) parts.push(controlText(cursor))
  }
  if (decode !== undefined && !batch.isControl) {
    const texts = decode({ offset, key, value })
    if (texts.key !== undefined) parts.push(`key: ${texts.key}`)
    if (texts.payload !== undefined) parts.push(`payload: ${texts.payload}`)
  }
  return parts.length === 0 ? '' : `| ${parts.join(' ')}`
}

function controlText({ key, value }: RecordCursor): string {
  const marker = parseEndTransaction({ key, value })
  if (marker !== undefined)
    return `endTxnMarker: ${marker.outcome.toUpperCase()} coordinatorEpoch: ${marker.coordinatorEpoch}`
  const type = key !== null && key.length >= 4 ? key.readInt16BE(2) : -1
  return `controlType: UNKNOWN(${type})`
}
