import { ByteReader, DecodeError } from '@odradek/base'
import { decodeNatively } from './native-error.ts'
import { nativeLibrary } from './native-library.ts'

interface Snappy {
  readonly compressSync: (bytes: Uint8Array) => Buffer
  readonly uncompressSync: (bytes: Uint8Array, options: { readonly asBuffer: true }) => Buffer
}

// The framing of the library that Kafka's Java client uses: a header, then blocks, each with its compressed size as an int32.
//
//   82 'SNAPPY' 00 | version int32 | oldest compatible version int32 | { size int32 | raw snappy block } ...
const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const header = Buffer.concat([magic, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])])
/** What Java's writer puts into a block; its readers take any size. */
const blockSizeBytes = 32 * 1024
/** A copy of up to 64 bytes takes three. */
const largestRatio = 22

export function compressSnappy(bytes: Buffer): Buffer {
  const { compressSync } = nativeLibrary('snappy') as Snappy
  const parts: Buffer[] = [header]
  for (let at = 0; at < bytes.length; at += blockSizeBytes) {
    const block = compressSync(bytes.subarray(at, at + blockSizeBytes))
    const size = Buffer.allocUnsafe(4)
    size.writeInt32BE(block.length)
    parts.push(size, block)
  }
  return Buffer.concat(parts)
}

/** Reads that framing and bare blocks, which librdkafka and others write. */
export function decompressSnappy(bytes: Buffer, sizeBytesMax: number): Buffer {
  if (!startsWithMagic(bytes, 0)) return decompressBlock(bytes, sizeBytesMax)
  const reader = new ByteReader(bytes)
  const parts: Buffer[] = []
  let sizeBytes = 0
  while (reader.remaining > 0) {
    if (startsWithMagic(bytes, reader.position)) {
      // Streams may be written one after the other.
      reader.take(header.length)
      continue
    }
    const part = decompressBlock(reader.bytes(reader.int32()), sizeBytesMax - sizeBytes)
    sizeBytes += part.length
    parts.push(part)
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, sizeBytes)
}

function startsWithMagic(bytes: Buffer, at: number): boolean {
  return bytes.length - at >= header.length && bytes.compare(magic, 0, magic.length, at, at + magic.length) === 0
}

function decompressBlock(block: Buffer, sizeBytesMax: number): Buffer {
  const announced = new ByteReader(block).unsignedVarint()
  if (announced > sizeBytesMax)
    throw new DecodeError('TOO_LARGE', `a snappy block of ${announced} bytes, at most ${sizeBytesMax} are allowed`)
  if (announced > block.length * largestRatio) {
    throw new DecodeError(
      'MALFORMED',
      `a snappy block of ${block.length} bytes cannot hold the ${announced} that it announces`,
    )
  }
  const { uncompressSync } = nativeLibrary('snappy') as Snappy
  return decodeNatively('snappy', () => uncompressSync(block, { asBuffer: true }))
}
