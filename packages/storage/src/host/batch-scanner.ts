import type { DiskFile } from '@odradek/base'
import { batchHeaderBytes, batchLastOffset, batchProbeBytes, batchSizeBytes } from '../core/batch-bytes.ts'

const headerChunkBytes = 16 * 1024
const bodyChunkBytes = 1024 * 1024

/**
 * Walks the batches of a segment's file. With `bodies` each batch is wholly in `buffer`, else at least its header is and the
 * bodies of large batches are not read at all. It ends at the first batch that is incomplete or states an impossible size:
 * `position` is then where the valid part ends.
 */
export class BatchScanner {
  readonly #file: DiskFile
  readonly #end: number
  readonly #bodies: boolean
  buffer: Buffer
  /** Where in the file the buffer begins, and how much of it is filled. */
  #bufferPosition = 0
  #filledBytes = 0
  /** Where in `buffer` the current batch begins. */
  at = 0
  /** Where in the file the current batch begins. */
  position: number
  /** Of the current batch; 0 before the first. */
  sizeBytes = 0

  constructor(file: DiskFile, start: number, end: number, bodies: boolean) {
    this.#file = file
    this.#end = end
    this.#bodies = bodies
    this.position = start
    this.buffer = Buffer.allocUnsafe(Math.min(end - start, bodies ? bodyChunkBytes : headerChunkBytes))
  }

  /** Moves to the next batch; false at the end. */
  next(): boolean {
    this.position += this.sizeBytes
    this.sizeBytes = 0
    const left = this.#end - this.position
    if (left < batchProbeBytes) return false
    if (!this.#hold(Math.min(left, batchHeaderBytes))) return false
    const sizeBytes = batchSizeBytes(this.buffer, this.at)
    if (sizeBytes === 0 || sizeBytes > left) return false
    if (this.#bodies && !this.#hold(sizeBytes)) return false
    this.sizeBytes = sizeBytes
    return true
  }

  /** Reads what `next` will need beside other work; undefined when that is here already, which is nearly always so. */
  fill(): Promise<void> | undefined {
    const position = this.position + this.sizeBytes
    const left = this.#end - position
    const at = position - this.#bufferPosition
    const heldBytes = at < 0 ? 0 : this.#filledBytes - at
    if (left < batchProbeBytes) return undefined
    if (heldBytes < batchProbeBytes) return this.#fillFrom(position, this.buffer.length)
    const sizeBytes = batchSizeBytes(this.buffer, at)
    const isWhole = sizeBytes <= heldBytes && Math.min(left, batchHeaderBytes) <= heldBytes
    return sizeBytes === 0 || sizeBytes > left || isWhole ? undefined : this.#fillFrom(position, sizeBytes)
  }

  async #fillFrom(position: number, length: number): Promise<void> {
    if (length > this.buffer.length) this.buffer = Buffer.allocUnsafe(length)
    const wanted = Math.min(this.buffer.length, this.#end - position)
    this.#filledBytes = await this.#file.read(this.buffer, 0, wanted, position)
    this.#bufferPosition = position
  }

  get lastOffset(): number {
    return batchLastOffset(this.buffer, this.at)
  }

  /** Makes sure that `length` bytes from `position` on are in the buffer; false when the file is shorter than it was said to be. */
  #hold(length: number): boolean {
    const offset = this.position - this.#bufferPosition
    if (offset >= 0 && offset + length <= this.#filledBytes) {
      this.at = offset
      return true
    }
    if (length > this.buffer.length) this.buffer = Buffer.allocUnsafe(length)
    const wanted = Math.min(this.buffer.length, this.#end - this.position)
    this.#filledBytes = this.#file.readSync(this.buffer, 0, wanted, this.position)
    this.#bufferPosition = this.position
    this.at = 0
    return length <= this.#filledBytes
  }
}
