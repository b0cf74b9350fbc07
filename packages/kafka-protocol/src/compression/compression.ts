import { DecodeError } from '@odradek/base'
import { gzip, gunzip } from './gzip.ts'
import { compressLz4, decompressLz4 } from './lz4.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { compressZstd, decompressZstd } from './zstd.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** By the number that stands for a codec in a batch's attributes. */
export const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/** What a batch may grow to when nobody says otherwise. */
export const defaultDecompressedSizeBytesMax = 256 * 1024 * 1024

/**
 * Compresses as Kafka's Java client does: gzip, snappy in its Java framing, lz4 frames of independent blocks, zstd.
 * `level` is for gzip (1 to 9) and zstd (-131072 to 22); the lz4 library has one level only, so it is not used there.
 */
export function compress(compression: Compression, bytes: Buffer, level?: number): Buffer {
  switch (compression) {
    case 'none':
      return bytes
    case 'gzip':
      return gzip(bytes, level)
    case 'snappy':
      return compressSnappy(bytes)
    case 'lz4':
      return compressLz4(bytes)
    case 'zstd':
      return compressZstd(bytes, level)
  }
}

/** As much as an lz4 or snappy codec looks back. */
const sampleSizeBytes = 64 * 1024
const sampleRatioMax = 0.98

/**
 * Whether it is worth while to compress: what is larger than 128 KiB, and whose first 64 KiB gain nothing, would cost time here and, when it is read, everywhere, for
 * nothing. What is small is compressed in any case, as Java's client does.
 */
export function isWorthCompressing(compression: Compression, bytes: Buffer, level?: number): boolean {
  if (compression === 'none' || bytes.length <= 2 * sampleSizeBytes) return true
  const sample = compress(compression, bytes.subarray(0, sampleSizeBytes), level)
  return sample.length <= sampleRatioMax * sampleSizeBytes
}

/**
 * The opposite, for what any Kafka client writes. Throws `DecodeError`: TOO_LARGE when the result would have more than `sizeBytesMax`
 * bytes (found out before they are allocated), MALFORMED or TRUNCATED when the bytes are damaged.
 */
export function decompress(compression: Compression, bytes: Buffer, sizeBytesMax: number): Buffer {
  if (compression === 'none') {
    if (bytes.length > sizeBytesMax)
      throw new DecodeError('TOO_LARGE', `${bytes.length} bytes, at most ${sizeBytesMax} are allowed`)
    return bytes
  }
  const decompressed = decompressors[compression](bytes, sizeBytesMax)
  if (decompressed.length > sizeBytesMax) {
    throw new DecodeError(
      'TOO_LARGE',
      `${compression} data grew to ${decompressed.length} bytes, at most ${sizeBytesMax} are allowed`,
    )
  }
  return decompressed
}

const decompressors = { gzip: gunzip, snappy: decompressSnappy, lz4: decompressLz4, zstd: decompressZstd }
