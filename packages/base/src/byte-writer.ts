const initialCapacityBytes = 512
/** Byte fields from this size on are handed over as they are instead of being copied. */
const spliceThresholdBytesDefault = 1024

/**
 * A growing buffer with a cursor. Large byte fields are spliced in by reference, so the result is a list of buffers to be
 * written as one vector; call `concat` where one buffer is wanted. All numbers are big endian.
 */
export class ByteWriter {
  readonly #spliceThresholdBytes: number
  #buffer: Buffer
  #position = 0
  /** Where, in #buffer, the part that is not in #chunks yet begins. */
  #chunkStart = 0
  #chunks: Buffer[] = []
  #chunksSizeBytes = 0

  /** `spliceThresholdBytes`: where byte fields begin to be large. Infinity makes one buffer, for a writer that ends in `concat`. */
  constructor(capacityBytes = initialCapacityBytes, spliceThresholdBytes = spliceThresholdBytesDefault) {
    this.#spliceThresholdBytes = spliceThresholdBytes
    this.#buffer = Buffer.allocUnsafe(capacityBytes)
  }

  /** Bytes written so far. */
  get sizeBytes(): number {
    return this.#chunksSizeBytes + this.#position - this.#chunkStart
  }

  #reserve(length: number): number {
    const start = this.#position
    if (start + length > this.#buffer.length) return this.#grow(length)
    this.#position = start + length
    return start
  }

  #grow(length: number): number {
    const pending = this.#position - this.#chunkStart
    const next = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, (pending + length) * 2))
    this.#buffer.copy(next, 0, this.#chunkStart, this.#position)
    this.#buffer = next
    this.#chunkStart = 0
    this.#position = pending + length
    return pending
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer[at] = value >>> 8
    this.#buffer[at + 1] = value
  }

  uint16(value: number): void {
    this.int16(value)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer[at] = value >>> 24
    this.#buffer[at + 1] = value >>> 16
    this.#buffer[at + 2] = value >>> 8
    this.#buffer[at + 3] = value
  }

  uint32(value: number): void {
    this.int32(value)
  }

  int64(value: bigint): void {
    // Up to 2^53 by way of a number: a third of the time.
    const number = Number(value)
    if (Number.isSafeInteger(number)) {
      this.int64FromNumber(number)
      return
    }
    const at = this.#reserve(8)
    this.#buffer.writeBigInt64BE(BigInt.asIntN(64, value), at)
  }

  /** A whole number up to 2^53 as an int64. */
  int64FromNumber(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.int32(high)
    this.int32(value - high * 0x1_0000_0000)
  }

  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  /** Large ones by reference: they must not be changed until the result has been used. */
  bytes(value: Uint8Array): void {
    const length = value.length
    if (length < this.#spliceThresholdBytes) {
      const at = this.#reserve(length)
      this.#buffer.set(value, at)
      return
    }
    this.#closeChunk()
    this.#chunks.push(Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, length))
    this.#chunksSizeBytes += length
  }

  /** UTF-8, without a length. */
  utf8(value: string, lengthBytes = Buffer.byteLength(value)): void {
    const at = this.#reserve(lengthBytes)
    if (lengthBytes === value.length && lengthBytes < 32) {
      for (let index = 0; index < lengthBytes; index++) this.#buffer[at + index] = value.charCodeAt(index)
    } else {
      this.#buffer.write(value, at, lengthBytes, 'utf8')
    }
  }

  unsignedVarint(value: number): void {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.int8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.int8(rest)
  }

  varint(value: number): void {
    this.unsignedVarint((value << 1) ^ (value >> 31))
  }

  varlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest >= 0x80n) {
      this.int8(Number(rest & 0x7fn) | 0x80)
      rest >>= 7n
    }
    this.int8(Number(rest))
  }

  /** Leaves room for an int32 that is known only later, such as a length. */
  placeholderInt32(): { set(value: number): void } {
    const chunkIndex = this.#chunks.length
    const offset = this.#reserve(4) - this.#chunkStart
    return {
      set: (value) => {
        // The chunk that was open then may have moved to a larger buffer since, or have been closed.
        const closed = this.#chunks[chunkIndex]
        if (closed === undefined) this.#buffer.writeInt32BE(value, this.#chunkStart + offset)
        else closed.writeInt32BE(value, offset)
      },
    }
  }

  #closeChunk(): void {
    if (this.#position > this.#chunkStart) {
      this.#chunks.push(this.#buffer.subarray(this.#chunkStart, this.#position))
      this.#chunksSizeBytes += this.#position - this.#chunkStart
    }
    this.#chunkStart = this.#position
  }

  /** All that was written, as a list of buffers, in order. */
  finish(): Buffer[] {
    this.#closeChunk()
    return this.#chunks
  }

  /** All that was written, as one buffer. */
  concat(): Buffer {
    const chunks = this.finish()
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
  }
}
