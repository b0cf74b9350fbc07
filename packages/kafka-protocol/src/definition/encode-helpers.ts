import type { ByteWriter } from '@odradek/base'
import { maxStringSizeBytes } from './decode-helpers.ts'
import { EncodeError } from './encode-error.ts'

function invalid(name: string, why: string): EncodeError {
  return new EncodeError('INVALID_VALUE', `${name} ${why}`)
}

// What compiled encoders call. Each returns or writes the value when it fits its field.

function integer(value: number, minimum: number, maximum: number, name: string): number {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value
  throw invalid(name, `is ${String(value)}, not a whole number from ${minimum} to ${maximum}`)
}

function int64(value: bigint, name: string): bigint {
  if (typeof value === 'bigint' && value >= -0x8000_0000_0000_0000n && value <= 0x7fff_ffff_ffff_ffffn) return value
  throw invalid(name, `is ${String(value)}, not a bigint of 64 bits`)
}

function byteLengthOf(value: string, name: string): number {
  if (typeof value !== 'string')
    throw invalid(name, value === null ? 'is null, which it may not be' : 'is not a string')
  const length = Buffer.byteLength(value)
  if (length > maxStringSizeBytes)
    throw invalid(name, `has ${length} bytes, a string has at most ${maxStringSizeBytes}`)
  return length
}

function string(writer: ByteWriter, value: string, name: string): void {
  const length = byteLengthOf(value, name)
  writer.int16(length)
  writer.utf8(value, length)
}

function compactString(writer: ByteWriter, value: string, name: string): void {
  const length = byteLengthOf(value, name)
  writer.unsignedVarint(length + 1)
  writer.utf8(value, length)
}

type BytesInput = Uint8Array | readonly Uint8Array[]

function bytes(writer: ByteWriter, value: BytesInput, compact: boolean, name: string): void {
  if (value instanceof Uint8Array) {
    if (compact) writer.unsignedVarint(value.length + 1)
    else writer.int32(value.length)
    writer.bytes(value)
    return
  }
  if (!Array.isArray(value)) throw invalid(name, value === null ? 'is null, which it may not be' : 'is not bytes')
  const length = value.reduce((sum: number, chunk: Uint8Array) => sum + chunk.length, 0)
  if (compact) writer.unsignedVarint(length + 1)
  else writer.int32(length)
  for (const chunk of value) writer.bytes(chunk)
}

function uuid(writer: ByteWriter, value: string, name: string): void {
  const decoded = typeof value === 'string' ? Buffer.from(value, 'base64url') : undefined
  if (decoded?.length !== 16) throw invalid(name, `is ${String(value)}, not a uuid of 22 characters in base64url`)
  writer.bytes(decoded)
}

function count(value: readonly unknown[], name: string): number {
  if (!Array.isArray(value)) throw invalid(name, value === null ? 'is null, which it may not be' : 'is not a list')
  return value.length
}

function struct<T>(value: T, name: string): T {
  if (value === null || typeof value !== 'object') throw invalid(name, 'is null or no struct, which it may not be')
  return value
}

function unsupported(name: string, version: number): EncodeError {
  return new EncodeError('UNSUPPORTED_VERSION', `${name} has a value, but version ${version} does not have that field`)
}

/** Whether a value is what its field has when nothing is given; lists and bytes: both empty. */
function isEmpty(value: BytesInput | readonly unknown[] | null): boolean {
  return (
    value !== null &&
    (value.length === 0 ||
      (Array.isArray(value) && value.every((each) => each instanceof Uint8Array && each.length === 0)))
  )
}

export const encodeHelpers = {
  integer,
  int64,
  string,
  compactString,
  bytes,
  uuid,
  count,
  struct,
  unsupported,
  isEmpty,
}
