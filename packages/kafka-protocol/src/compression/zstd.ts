import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, DecodeError } from '@odradek/base'
import { decodeNatively } from './native-error.ts'

const frameMagic = 0xfd2f_b528
const skippableMagic = 0x184d_2a50
const smallestChunkBytes = 1024
const largestChunkBytes = 1024 * 1024
/** No block of a frame holds more. */
const blockSizeBytesMax = 128 * 1024
/** After magic and descriptor. */
const windowAt = 5

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
    if (!frame.isSkippable) {
      const part = decompressFrame(bytes.subarray(at, frame.end), frame, sizeBytesMax - sizeBytes)
      sizeBytes += part.length
      parts.push(part)
    }
    at = frame.end
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, sizeBytes)
}

interface FrameMeasures {
  readonly end: number
  readonly isSkippable: boolean
  readonly contentSizeBytes?: number | undefined
  readonly blockCount?: number
  /** Of a frame that says how large a window its decoder needs. */
  readonly windowSizeBytes?: number | undefined
}

function decompressFrame(
  frame: Buffer,
  { contentSizeBytes, blockCount = 0, windowSizeBytes = 0 }: FrameMeasures,
  sizeBytesMax: number,
): Buffer {
  if (contentSizeBytes !== undefined && contentSizeBytes > sizeBytesMax) {
    throw new DecodeError('TOO_LARGE', `a zstd frame of ${contentSizeBytes} bytes, at most ${sizeBytesMax} are allowed`)
  }
  const contentSizeBytesMax = blockCount * blockSizeBytesMax
  if (contentSizeBytes !== undefined && contentSizeBytes > contentSizeBytesMax) {
    throw new DecodeError(
      'MALFORMED',
      `a zstd frame of ${blockCount} blocks cannot hold the ${contentSizeBytes} bytes that it announces`,
    )
  }
  const fitting = windowSizeBytes > contentSizeBytesMax ? withWindow(frame, contentSizeBytesMax) : frame
  const options = {
    maxOutputLength: Math.max(1, sizeBytesMax),
    chunkSize: Math.min(Math.max(contentSizeBytes ?? frame.length * 8, smallestChunkBytes), largestChunkBytes),
  }
  return decodeNatively('zstd', () => zstdDecompressSync(fitting, options))
}

/**
 * The library allocates the window that a frame asks for, up to 128 MiB, whatever the frame then holds. No content needs a window
 * larger than itself, so a copy of the frame asks for just that.
 */
function withWindow(frame: Buffer, windowSizeBytes: number): Buffer {
  const copy = Buffer.from(frame)
  copy[windowAt] = (Math.ceil(Math.log2(windowSizeBytes)) - 10) << 3
  return copy
}

/**
 * Finds where the frame that begins at `at` ends (RFC 8878, little endian):
 *
 *   magic | descriptor | [window, 1] | [dictionary id, 0-4] | [content size, 0-8] | { block header, 3 | block } ... | [checksum, 4]
 */
function measureFrame(bytes: Buffer, at: number): FrameMeasures {
  const reader = new ByteReader(bytes, at)
  const magic = bytes.readUInt32LE(reader.take(4))
  if ((magic & 0xffff_fff0) >>> 0 === skippableMagic) {
    reader.take(bytes.readUInt32LE(reader.take(4)))
    return { end: reader.position, isSkippable: true }
  }
  if (magic !== frameMagic) throw new DecodeError('MALFORMED', 'no zstd frame')
  const descriptor = reader.uint8()
  const isSingleSegment = (descriptor & 0x20) !== 0
  const window = isSingleSegment ? undefined : reader.uint8()
  reader.take([0, 1, 2, 4][descriptor & 3] as number)
  const contentSizeBytes = contentSizeOf(reader, descriptor >>> 6, isSingleSegment)
  let blockCount = 0
  for (let isLast = false; !isLast; blockCount++) {
    const header = bytes.readUIntLE(reader.take(3), 3)
    isLast = (header & 1) === 1
    const isRepeatedByte = ((header >>> 1) & 3) === 1
    reader.take(isRepeatedByte ? 1 : header >>> 3)
  }
  if ((descriptor & 4) !== 0) reader.take(4)
  const windowSizeBytes = window === undefined ? undefined : 2 ** (10 + (window >>> 3)) * (1 + (window & 7) / 8)
  return { end: reader.position, isSkippable: false, contentSizeBytes, blockCount, windowSizeBytes }
}

function contentSizeOf(reader: ByteReader, sizeCode: number, isSingleSegment: boolean): number | undefined {
  const { buffer } = reader
  if (sizeCode === 0) return isSingleSegment ? reader.uint8() : undefined
  if (sizeCode === 1) return buffer.readUInt16LE(reader.take(2)) + 256
  return sizeCode === 2 ? buffer.readUInt32LE(reader.take(4)) : Number(buffer.readBigUInt64LE(reader.take(8)))
}
