import { ByteReader, DecodeError } from '@odradek/base'
import { decodeNatively } from './native-error.ts'
import { nativeLibrary } from './native-library.ts'
import { shortXxHash32 } from './xx-hash-32.ts'

interface Lz4 {
  compressFrameSync(bytes: Buffer): Buffer
  decompressFrameSync(bytes: Buffer): Buffer
}

// The lz4 frame format (little endian):
//
//   magic 04224d18 | flags | block descriptor | [content size, 8] | checksum of the header, 1
//   { size, 4: highest bit set when stored as it is | block | [checksum, 4] } ... | end mark 0, 4 | [checksum, 4]
const frameMagic = 0x184d_2204
const flag = {
  version: 0xc0,
  version1: 0x40,
  blockChecksum: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  dictionary: 0x01,
}
const storedBit = 0x8000_0000
/** One byte of a length adds at most 255 to what a block holds. */
const largestRatio = 255

/** Independent blocks without checksums: what every Kafka client reads. */
export function compressLz4(bytes: Buffer): Buffer {
  return (nativeLibrary('lz4-napi') as Lz4).compressFrameSync(bytes)
}

/**
 * Reads one frame; what follows it is ignored, as Java's reader does. The library allocates what the blocks grow to, so the frame is
 * walked first and that is bounded: by what its blocks could hold at most, and where this is too much, by what they do hold.
 */
export function decompressLz4(bytes: Buffer, sizeBytesMax: number): Buffer {
  const reader = new ByteReader(bytes)
  const flags = readHeader(reader, sizeBytesMax)
  const headerEnd = reader.position
  const blockSizeBytesMax = 256 << (2 * blockSizeCodeOf(bytes))
  const bound = walkBlocks(reader, flags, (_, length) => Math.min(blockSizeBytesMax, length * largestRatio))
  const frame = withValidChecksum(bytes.subarray(0, reader.position), headerEnd)
  if (bound > sizeBytesMax) {
    const exact = walkBlocks(new ByteReader(bytes, headerEnd), flags, (start, length) =>
      measureBlock(bytes, start, start + length),
    )
    if (exact > sizeBytesMax) throw tooLarge(exact, sizeBytesMax)
  }
  return bound === 0
    ? Buffer.alloc(0)
    : decodeNatively('lz4', () => (nativeLibrary('lz4-napi') as Lz4).decompressFrameSync(frame))
}

function blockSizeCodeOf(bytes: Buffer): number {
  return ((bytes[5] as number) >>> 4) & 7
}

/** Leaves the reader at the first block and returns the flags. */
function readHeader(reader: ByteReader, sizeBytesMax: number): number {
  const { buffer } = reader
  if (buffer.readUInt32LE(reader.take(4)) !== frameMagic) throw new DecodeError('MALFORMED', 'no lz4 frame')
  const flags = reader.uint8()
  if ((flags & flag.version) !== flag.version1 || (flags & flag.dictionary) !== 0) {
    throw new DecodeError('MALFORMED', `an lz4 frame with the flags ${flags}`)
  }
  reader.take(1)
  if (blockSizeCodeOf(buffer) < 4) throw new DecodeError('MALFORMED', 'an lz4 frame with an unknown size of blocks')
  if ((flags & flag.contentSize) !== 0) {
    const announced = buffer.readBigUInt64LE(reader.take(8))
    if (announced > BigInt(sizeBytesMax)) throw tooLarge(announced, sizeBytesMax)
  }
  reader.take(1)
  return flags
}

/** Goes to the end of the frame and sums what its blocks grow to: stored ones to what they are, others to what `measure` says. */
function walkBlocks(reader: ByteReader, flags: number, measure: (start: number, length: number) => number): number {
  let sizeBytes = 0
  for (;;) {
    const word = reader.buffer.readUInt32LE(reader.take(4))
    if (word === 0) break
    const length = word >= storedBit ? word - storedBit : word
    const start = reader.take(length)
    sizeBytes += word >= storedBit ? length : measure(start, length)
    if ((flags & flag.blockChecksum) !== 0) reader.take(4)
  }
  if ((flags & flag.contentChecksum) !== 0) reader.take(4)
  return sizeBytes
}

/**
 * The library refuses a wrong checksum of the header. In message sets of magic 0, Java clients took the frame's magic number into it:
 * such a frame is returned as a copy with the right one.
 */
function withValidChecksum(frame: Buffer, headerEnd: number): Buffer {
  const at = headerEnd - 1
  const valid = (shortXxHash32(frame, 4, at) >>> 8) & 0xff
  if (frame[at] === valid || frame[at] !== ((shortXxHash32(frame, 0, at) >>> 8) & 0xff)) return frame
  const copy = Buffer.from(frame)
  copy[at] = valid
  return copy
}

function tooLarge(announced: number | bigint, sizeBytesMax: number): DecodeError {
  return new DecodeError('TOO_LARGE', `lz4 data of ${announced} bytes or more, at most ${sizeBytesMax} are allowed`)
}

/** What a block grows to: sums its literals and matches without copying them. */
function measureBlock(bytes: Buffer, start: number, end: number): number {
  const reader = new ByteReader(bytes, start, end)
  let sizeBytes = 0
  while (reader.remaining > 0) {
    const token = reader.uint8()
    const literals = lengthOf(reader, token >>> 4)
    reader.take(literals)
    sizeBytes += literals
    if (reader.remaining === 0) break
    reader.take(2)
    sizeBytes += lengthOf(reader, token & 15) + 4
  }
  return sizeBytes
}

function lengthOf(reader: ByteReader, nibble: number): number {
  if (nibble < 15) return nibble
  let length = nibble
  for (;;) {
    const more = reader.uint8()
    length += more
    if (more !== 255) return length
  }
}
