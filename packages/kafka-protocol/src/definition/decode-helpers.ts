import { DecodeError } from '@odradek/base'
import type { ByteReader } from '@odradek/base'

/** As in Kafka: what an int16 length can say, also where lengths are varints. */
export const maxStringSizeBytes = 0x7fff

function nullValue(name: string): DecodeError {
  return new DecodeError('MALFORMED', `${name} is null, which it may not be`)
}

function negative(name: string, length: number): DecodeError {
  return new DecodeError('MALFORMED', `${name} has the length ${length}`)
}

// What compiled decoders call. Lengths: -1 is null. In the compact form, a varint of the length plus one, zero is null.

function stringOf(reader: ByteReader, length: number, name: string): string {
  if (length === -1) throw nullValue(name)
  if (length < -1 || length > maxStringSizeBytes) throw negative(name, length)
  return reader.utf8(length)
}

function nullableStringOf(reader: ByteReader, length: number, name: string): string | null {
  return length === -1 ? null : stringOf(reader, length, name)
}

function bytesOf(reader: ByteReader, length: number, name: string): Buffer {
  if (length === -1) throw nullValue(name)
  if (length < -1) throw negative(name, length)
  return reader.bytes(length)
}

function nullableBytesOf(reader: ByteReader, length: number, name: string): Buffer | null {
  return length === -1 ? null : bytesOf(reader, length, name)
}

function countOf(reader: ByteReader, count: number, minimalSizeBytes: number, name: string): number {
  if (count < 0) throw count === -1 ? nullValue(name) : negative(name, count)
  if (count * minimalSizeBytes > reader.remaining) {
    throw new DecodeError('TRUNCATED', `${name} announces ${count} elements, ${reader.remaining} bytes are left`)
  }
  return count
}

function nullableCountOf(reader: ByteReader, count: number, minimalSizeBytes: number, name: string): number {
  return count === -1 ? -1 : countOf(reader, count, minimalSizeBytes, name)
}

/** The marker before a struct that may be null. */
function isPresent(reader: ByteReader, name: string): boolean {
  const marker = reader.int8()
  if (marker !== 1 && marker !== -1) throw new DecodeError('MALFORMED', `${name} begins with the marker ${marker}`)
  return marker === 1
}

/** The same in a tagged field: there null is zero. */
function isTaggedPresent(reader: ByteReader, name: string): boolean {
  const marker = reader.unsignedVarint()
  if (marker > 1) throw new DecodeError('MALFORMED', `${name} begins with the marker ${marker}`)
  return marker === 1
}

function uuidOf(reader: ByteReader): string {
  const start = reader.take(16)
  return reader.buffer.toString('base64url', start, start + 16)
}

/** How many tagged fields follow; each takes at least two bytes. */
function tagCountOf(reader: ByteReader): number {
  return countOf(reader, reader.unsignedVarint(), 2, 'the section of tagged fields')
}

/** Where a tagged field of the announced size ends. */
function tagEndOf(reader: ByteReader): number {
  const length = reader.unsignedVarint()
  const start = reader.take(length)
  reader.position = start
  return start + length
}

function requireEnd(reader: ByteReader, end: number, name: string): void {
  if (reader.position !== end)
    throw new DecodeError('MALFORMED', `${name} does not have the size that its tag announces`)
}

export const decodeHelpers = {
  stringOf,
  nullableStringOf,
  bytesOf,
  nullableBytesOf,
  countOf,
  nullableCountOf,
  isPresent,
  isTaggedPresent,
  uuidOf,
  tagCountOf,
  tagEndOf,
  requireEnd,
}
