import { ByteReader } from '@odradek/base'
import type { Disk, DiskFile } from '@odradek/base'
import { fileHeader } from '@odradek/zookeeper-protocol'
import { adler32 } from '../../core/checksum.ts'
import { endOfEntry, entryHeadSizeBytes, fileHeaderSizeBytes, logMagic } from './file-format.ts'

const blockSizeBytes = 1 << 20

/**
 * Reads one transaction log from its start: `next` until it returns undefined, then `isTorn` says whether the entries ended as they
 * should (at the end of the file or of its zero padding) or in bytes that are no entry, as a write leaves them that a crash cut short.
 */
export class LogFileReader {
  readonly #file: DiskFile
  readonly #skipCrc: boolean
  readonly #sizeBytes: number
  #block = Buffer.alloc(0)
  #blockPosition = 0
  /** Where the entries that are good end. */
  endBytes = 0
  isTorn = false

  /** `skipCrc` is a planted fault (`ZooKeeperFaults`). */
  constructor(disk: Disk, path: string, skipCrc = false) {
    this.#skipCrc = skipCrc
    this.#file = disk.openSync(path, 'read')
    this.#sizeBytes = this.#file.sizeBytes()
    this.#readHeader()
  }

  #readHeader(): void {
    const bytes = this.#read(0, fileHeaderSizeBytes)
    const isHeader = bytes.length === fileHeaderSizeBytes && fileHeader.decode(new ByteReader(bytes)).magic === logMagic
    this.isTorn = !isHeader
    this.endBytes = isHeader ? fileHeaderSizeBytes : 0
  }

  /** The bytes of the next entry, or undefined at the end. */
  next(): Buffer | undefined {
    if (this.isTorn) return undefined
    const head = this.#read(this.endBytes, entryHeadSizeBytes)
    if (head.length < entryHeadSizeBytes) {
      this.isTorn = head.some((byte) => byte !== 0)
      return undefined
    }
    const checksum = head.readBigInt64BE(0)
    const length = head.readInt32BE(8)
    if (length === 0 && checksum === 0n) return undefined
    const entry = this.#readEntry(checksum, length)
    this.isTorn = entry === undefined
    if (entry !== undefined) this.endBytes += entryHeadSizeBytes + length + 1
    return entry
  }

  #readEntry(checksum: bigint, length: number): Buffer | undefined {
    if (length <= 0 || length > this.#sizeBytes - this.endBytes - entryHeadSizeBytes - 1) return undefined
    const bytes = this.#read(this.endBytes + entryHeadSizeBytes, length + 1)
    if (bytes.length !== length + 1 || bytes[length] !== endOfEntry) return undefined
    const entry = bytes.subarray(0, length)
    return this.#skipCrc || BigInt(adler32(entry)) === checksum ? entry : undefined
  }

  /** Up to `length` bytes at `position`: fewer only at the end of the file. */
  #read(position: number, length: number): Buffer {
    const start = position - this.#blockPosition
    if (start >= 0 && start + length <= this.#block.length) return this.#block.subarray(start, start + length)
    const wanted = Math.min(Math.max(length, blockSizeBytes), Math.max(0, this.#sizeBytes - position))
    const block = Buffer.allocUnsafe(wanted)
    const count = this.#file.readSync(block, 0, wanted, position)
    this.#block = block.subarray(0, count)
    this.#blockPosition = position
    return this.#block.subarray(0, length)
  }

  close(): void {
    this.#file.closeSync()
  }
}
