import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, DecodeError } from '@odradek/base'
import { decodeNatively } from './native-error.ts'

const frameMagic = 0xfd2f_b528
const skippableMagic = 0x184d_2a50
const smallestChunkBytes = 1024
const largestChunkBytes = 1024 * 1024

export function compressZstd(bytes: Buffer, level?: number): Buffer {
  return zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: level === undefined ? {} : { [constants.ZSTD_c_compressionLevel]: level },
  })
}

/** Reads all frames, one after the other: `node:zlib` stops after the first. */
export function decompressZstd(bytes: Buffer, sizeBytesMax: number): Buffer {
  const parts: Buffer[] = []
  let sizeBytes = 0
  for (let at = 0; at < bytes.length;) {
    const frame = measureFrame(bytes, at)
    const left = sizeBytesMax - sizeBytes
    if (frame.contentSizeBytes !== undefined && frame.contentSizeBytes > left) {
      throw new DecodeError('TOO_LARGE', `a zstd frame of ${frame.contentSizeBytes} bytes, at most ${left} are allowed`)
    }
    if (!frame.isSkippable) {
      const chunkSize = Math.min(
        Math.max(frame.contentSizeBytes ?? (frame.end - at) * 8, smallestChunkBytes),
        largestChunkBytes,
      )
      const part = decodeNatively('zstd', () => {
        return zstdDecompressSync(bytes.subarray(at, frame.end), { maxOutputLength: Math.max(1, left), chunkSize })
      })
      sizeBytes += part.length
      parts.push(part)
    }
    at = frame.end
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, sizeBytes)
}

interface Frame {
  readonly end: number
  readonly contentSizeBytes: number | undefined
  readonly isSkippable: boolean
}

/**
 * Finds where the frame that begins at `at` ends (RFC 8878, little endian):
 *
 *   magic | descriptor | [window, 1] | [dictionary id, 0-4] | [content size, 0-8] | { block header, 3 | block } ... | [checksum, 4]
 */
function measureFrame(bytes: Buffer, at: number): Frame {
  const reader = new ByteReader(bytes, at)
  const magic = bytes.readUInt32LE(reader.take(4))
  if ((magic & 0xffff_fff0) >>> 0 === skippableMagic) {
    reader.take(bytes.readUInt32LE(reader.take(4)))
    return { end: reader.position, contentSizeBytes: undefined, isSkippable: true }
  }
  if (magic !== frameMagic) throw new DecodeError('MALFORMED', 'no zstd frame')
  const descriptor = reader.uint8()
  const isSingleSegment = (descriptor & 0x20) !== 0
  if (!isSingleSegment) reader.take(1)
  reader.take([0, 1, 2, 4][descriptor & 3] as number)
  const contentSizeBytes = contentSizeOf(reader, descriptor >>> 6, isSingleSegment)
  for (let isLast = false; !isLast;) {
    const header = bytes.readUIntLE(reader.take(3), 3)
    isLast = (header & 1) === 1
    const isRepeatedByte = ((header >>> 1) & 3) === 1
    reader.take(isRepeatedByte ? 1 : header >>> 3)
  }
  if ((descriptor & 4) !== 0) reader.take(4)
  return { end: reader.position, contentSizeBytes, isSkippable: false }
}

function contentSizeOf(reader: ByteReader, sizeCode: number, isSingleSegment: boolean): number | undefined {
  const { buffer } = reader
  if (sizeCode === 0) return isSingleSegment ? reader.uint8() : undefined
  if (sizeCode === 1) return buffer.readUInt16LE(reader.take(2)) + 256
  return sizeCode === 2 ? buffer.readUInt32LE(reader.take(4)) : Number(buffer.readBigUInt64LE(reader.take(8)))
}
