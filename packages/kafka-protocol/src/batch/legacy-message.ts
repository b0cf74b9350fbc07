import { crc32 } from 'node:zlib'
import { ByteReader, DecodeError } from '@odradek/base'
import { compressions, decompress } from '../compression/compression.ts'
import { attributeBit, batchPrefixBytes } from './batch-layout.ts'
import type { BatchRecord } from './batch-record.ts'

// A message of magic 0 or 1. A compressed one wraps a set of messages, which is its value.
//
//   0 offset int64 | 8 size int32, of what follows | 12 CRC-32 uint32, of what follows | 16 magic int8 | 17 attributes int8
//   | 18 timestamp int64, only magic 1 | key length int32 | key | value length int32 | value
const attributesAt = 17
const timestampAt = 18

/** The smallest message of a magic, from its offset on. */
export const legacySizeBytesMin = { 0: 26, 1: 34 } as const

export function legacyTimestampMs(buffer: Buffer, position: number, magic: number): number {
  return magic === 0 ? -1 : new ByteReader(buffer, position + timestampAt).int64AsNumber()
}

export function isLegacyCrcValid(buffer: Buffer, position: number, sizeBytes: number): boolean {
  return crc32(buffer.subarray(position + 16, position + sizeBytes)) === buffer.readUInt32BE(position + 12)
}

/** The records of one message, which may be a wrapper around many. Throws `DecodeError`. */
export function legacyRecords(
  buffer: Buffer,
  position: number,
  sizeBytes: number,
  sizeBytesMax: number,
): BatchRecord[] {
  new ByteReader(buffer, position).take(sizeBytes)
  const message = parseMessage(buffer, position, sizeBytes)
  if (message.codec === 0) return [message.record]
  const { record, magic, codec } = message
  const compression = compressions[codec]
  if (compression === undefined || compression === 'zstd')
    throw new DecodeError('MALFORMED', `a message with the codec ${codec}`)
  if (record.value === null) throw new DecodeError('MALFORMED', 'a compressed message without content')
  const inner = parseSet(decompress(compression, record.value, sizeBytesMax), magic)
  const last = inner.at(-1)
  if (last === undefined) throw new DecodeError('MALFORMED', 'a compressed message without messages')
  // Since magic 1 the inner offsets are relative, and the wrapper has the absolute offset of the last one.
  const base = magic === 0 ? 0 : record.offset - last.offset
  return inner.map((each) => ({
    ...each,
    offset: base + each.offset,
    timestampMs: message.isAppendTime ? record.timestampMs : each.timestampMs,
  }))
}

function parseSet(bytes: Buffer, magic: number): BatchRecord[] {
  const records: BatchRecord[] = []
  for (let at = 0; at < bytes.length;) {
    const reader = new ByteReader(bytes, at)
    reader.take(8)
    const sizeBytes = batchPrefixBytes + reader.int32()
    new ByteReader(bytes, at).take(sizeBytes)
    const inner = parseMessage(bytes, at, sizeBytes)
    if (inner.codec !== 0 || inner.magic !== magic)
      throw new DecodeError('MALFORMED', 'a message inside of a compressed one that may not be there')
    records.push(inner.record)
    at += sizeBytes
  }
  return records
}

interface LegacyMessage {
  readonly record: BatchRecord
  readonly magic: number
  readonly codec: number
  readonly isAppendTime: boolean
}

function parseMessage(buffer: Buffer, position: number, sizeBytes: number): LegacyMessage {
  const reader = new ByteReader(buffer, position, position + sizeBytes)
  const offset = reader.int64AsNumber()
  reader.take(8)
  const magic = reader.int8()
  if (magic !== 0 && magic !== 1) throw new DecodeError('MALFORMED', `a message of magic ${magic} in a message set`)
  const attributes = buffer.readUInt8(reader.take(1))
  const timestampMs = magic === 0 ? -1 : reader.int64AsNumber()
  const key = nullableBytes(reader)
  const value = nullableBytes(reader)
  if (reader.remaining > 0)
    throw new DecodeError('MALFORMED', `${reader.remaining} bytes follow the value of a message`)
  return {
    record: { offset, timestampMs, key, value, headers: [] },
    magic,
    codec: attributes & attributeBit.codec,
    isAppendTime: magic === 1 && (attributes & attributeBit.appendTime) !== 0,
  }
}

function nullableBytes(reader: ByteReader): Buffer | null {
  const length = reader.int32()
  return length === -1 ? null : reader.bytes(length)
}

export function legacyAttributes(buffer: Buffer, position: number): number {
  return buffer.readUInt8(position + attributesAt)
}
