import { DecodeError } from './decode-error.ts'

/**
 * A cursor over bytes from outside. Every read is checked against the end and throws `DecodeError`; nothing is copied:
 * byte fields are views of the buffer. All numbers are big endian, as in Kafka's and ZooKeeper's protocols.
 */
export class ByteReader {
  readonly buffer: Buffer
  position: number
  readonly end: number

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer
    this.position = position
    this.end = end
  }

  /** Bytes that are left. */
  get remaining(): number {
    return this.end - this.position
  }

  /** Moves past `length` bytes and returns where they began. */
  take(length: number): number {
    const start = this.position
    if (length < 0) throw new DecodeError('MALFORMED', `negative length ${length} at byte ${start}`)
    if (length > this.end - start) {
      throw new DecodeError('TRUNCATED', `${length} bytes wanted at byte ${start}, ${this.end - start} left`)
    }
    this.position = start + length
    return start
  }

  int8(): number {
    return ((this.buffer[this.take(1)] as number) << 24) >> 24
  }

  uint8(): number {
    return this.buffer[this.take(1)] as number
  }

  int16(): number {
    return (this.uint16() << 16) >> 16
  }

  uint16(): number {
    const start = this.take(2)
    return ((this.buffer[start] as number) << 8) | (this.buffer[start + 1] as number)
  }

  int32(): number {
    const start = this.take(4)
    return (
      ((this.buffer[start] as number) << 24) |
      ((this.buffer[start + 1] as number) << 16) |
      ((this.buffer[start + 2] as number) << 8) |
      (this.buffer[start + 3] as number)
    )
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  int64(): bigint {
    const start = this.position
    // Up to 2^53 by way of a number: a third of the time.
    const value = this.int64AsNumber()
    return Number.isSafeInteger(value) ? BigInt(value) : this.buffer.readBigInt64BE(start)
  }

  /** An int64 as a number: exact up to 2^53, rounded beyond. Several times as fast as `int64`. */
  int64AsNumber(): number {
    const start = this.take(8)
    this.position = start
    const high = this.int32()
    return high * 0x1_0000_0000 + this.uint32()
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8))
  }

  /** Zero is false, anything else true. */
  boolean(): boolean {
    return this.uint8() !== 0
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Buffer {
    const start = this.take(length)
    return this.buffer.subarray(start, start + length)
  }

  /** The next `length` bytes as UTF-8; malformed sequences become U+FFFD. */
  utf8(length: number): string {
    const start = this.take(length)
    return this.buffer.toString('utf8', start, start + length)
  }

  /** Base-128, least significant group first, at most 5 bytes: 0 to 2^32 - 1. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.uint8()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break
        return value
      }
    }
    throw new DecodeError('MALFORMED', `varint longer than 32 bits before byte ${this.position}`)
  }

  /** Zigzag over `unsignedVarint`: -2^31 to 2^31 - 1. */
  varint(): number {
    const value = this.unsignedVarint()
    return (value >>> 1) ^ -(value & 1)
  }

  /** Zigzag, at most 10 bytes: -2^63 to 2^63 - 1. */
  varlong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.uint8()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
    }
    throw new DecodeError('MALFORMED', `varlong longer than 64 bits before byte ${this.position}`)
  }
}
