import { DecodeError } from './decode-error.ts'

const mergeSizeBytesMax = 4096

/**
 * Cuts a stream of chunks into packets, as Kafka and ZooKeeper frame them: an int32 length, then that many bytes. A packet that lies within one chunk is a view
 * of it; one that is spread over several is copied once.
 */
export class FrameSplitter {
  readonly #sizeBytesMax: number
  #chunks: Buffer[] = []
  #sizeBytes = 0

  /** `sizeBytesMax` bounds a packet without its length. */
  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax
  }

  /** Bytes that came and belong to no packet that `next` returned. */
  get bufferedBytes(): number {
    return this.#sizeBytes
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#sizeBytes += chunk.length
    const last = this.#chunks.at(-1)
    // A peer that sends byte by byte must not make us keep an object per byte.
    if (last !== undefined && last.length + chunk.length <= mergeSizeBytesMax) {
      this.#chunks[this.#chunks.length - 1] = Buffer.concat([last, chunk])
    } else {
      this.#chunks.push(chunk)
    }
  }

  /** The first four bytes that wait, as an int32, or undefined when there are fewer. */
  peekInt32(): number | undefined {
    return this.#sizeBytes < 4 ? undefined : this.#head(4).readInt32BE(0)
  }

  /** The next whole packet, or undefined until more is pushed. Throws `DecodeError` for a length that is negative, 0, or too large. */
  next(): Buffer | undefined {
    const length = this.peekInt32()
    if (length === undefined) return undefined
    if (length <= 0) throw new DecodeError('MALFORMED', `packet of ${length} bytes`)
    if (length > this.#sizeBytesMax) {
      throw new DecodeError('TOO_LARGE', `packet of ${length} bytes; at most ${this.#sizeBytesMax} are allowed`)
    }
    if (this.#sizeBytes < 4 + length) return undefined
    const head = this.#head(4 + length)
    this.#drop(4 + length)
    return head.subarray(4, 4 + length)
  }

  /** A buffer that begins with the first `length` bytes that wait. */
  #head(length: number): Buffer {
    const first = this.#chunks[0] as Buffer
    if (first.length >= length) return first
    const whole = Buffer.concat(this.#chunks, this.#sizeBytes)
    this.#chunks = [whole]
    return whole
  }

  #drop(length: number): void {
    const first = this.#chunks[0] as Buffer
    this.#sizeBytes -= length
    if (first.length === length) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(length)
  }
}
