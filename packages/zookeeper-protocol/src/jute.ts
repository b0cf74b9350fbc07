import { DecodeError } from '@odradek/base'
import type { ByteReader, ByteWriter } from '@odradek/base'

/**
 * One type of jute, ZooKeeper's serialisation: fields one after the other, no tags, big endian. Decoding reads bytes from
 * outside and throws `DecodeError`; byte fields of what it returns are views of the reader's buffer.
 */
export interface Jute<T> {
  readonly kind: 'int' | 'long' | 'boolean' | 'buffer' | 'ustring' | 'vector' | 'record'
  /** No value takes fewer bytes; vectors bound their counts with it. */
  readonly minSizeBytes: number
  decode(reader: ByteReader): T
  encode(writer: ByteWriter, value: T): void
}

/** The type of the values of a definition: `type Acl = Decoded<typeof acl>`. */
export type Decoded<Definition> = Definition extends Jute<infer T> ? T : never

export const int: Jute<number> = {
  kind: 'int',
  minSizeBytes: 4,
  decode: (reader) => reader.int32(),
  encode: (writer, value) => writer.int32(value),
}

export const long: Jute<bigint> = {
  kind: 'long',
  minSizeBytes: 8,
  decode: (reader) => reader.int64(),
  encode: (writer, value) => writer.int64(value),
}

export const boolean: Jute<boolean> = {
  kind: 'boolean',
  minSizeBytes: 1,
  decode: (reader) => reader.boolean(),
  encode: (writer, value) => writer.boolean(value),
}

/** Bytes with an int length, or null as length -1. */
export const buffer: Jute<Buffer | null> = {
  kind: 'buffer',
  minSizeBytes: 4,
  decode(reader) {
    const length = reader.int32()
    return length === -1 ? null : reader.bytes(length)
  },
  encode(writer, value) {
    if (value === null) return writer.int32(-1)
    writer.int32(value.length)
    writer.bytes(value)
  },
}

/** Text: a buffer in UTF-8. */
export const ustring: Jute<string | null> = {
  kind: 'ustring',
  minSizeBytes: 4,
  decode(reader) {
    const length = reader.int32()
    return length === -1 ? null : reader.utf8(length)
  },
  encode(writer, value) {
    if (value === null) return writer.int32(-1)
    const length = Buffer.byteLength(value)
    writer.int32(length)
    writer.utf8(value, length)
  },
}

/** Items with an int count, or null as count -1. A count that the bytes left cannot hold is refused before anything is made. */
export function vector<T>(item: Jute<T>): Jute<readonly T[] | null> & { readonly item: Jute<T> } {
  return {
    kind: 'vector',
    item,
    minSizeBytes: 4,
    decode(reader) {
      const count = reader.int32()
      if (count === -1) return null
      if (count < 0) throw new DecodeError('MALFORMED', `vector of ${count} items before byte ${reader.position}`)
      if (count * item.minSizeBytes > reader.remaining) {
        throw new DecodeError(
          'TRUNCATED',
          `vector of ${count} items at byte ${reader.position}, ${reader.remaining} bytes left`,
        )
      }
      const items: T[] = []
      for (let index = 0; index < count; index++) items.push(item.decode(reader))
      return items
    },
    encode(writer, value) {
      if (value === null) return writer.int32(-1)
      writer.int32(value.length)
      for (const element of value) item.encode(writer, element)
    },
  }
}
