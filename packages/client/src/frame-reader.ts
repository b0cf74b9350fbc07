import { DecodeError } from '@odradek/base'

const prefixBytes = 4

/** Cuts a stream of bytes into frames: an int32 length, then so many bytes. A frame that came in one chunk is not copied. */
export class FrameReader {
  readonly #sizeBytesMax: number
  #chunks: Buffer[] = []
  #bufferedBytes = 0
  /** Of the frame that is being received; undefined until its prefix is here. */
  #frameBytes: number | undefined

  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bufferedBytes += chunk.length
  }

  /** The next frame without its length, or undefined until more bytes come. Throws `DecodeError`. */
  next(): Buffer | undefined {
    if (this.#frameBytes === undefined) {
      if (this.#bufferedBytes < prefixBytes) return undefined
      const size = this.#take(prefixBytes).readInt32BE(0)
      if (size < 0) throw new DecodeError('MALFORMED', `a frame claims ${size} bytes`)
      if (size > this.#sizeBytesMax) {
        throw new DecodeError('TOO_LARGE', `a frame claims ${size} bytes, more than ${this.#sizeBytesMax}`)
      }
      this.#frameBytes = size
    }
    if (this.#bufferedBytes < this.#frameBytes) return undefined
    const frame = this.#take(this.#frameBytes)
    this.#frameBytes = undefined
    return frame
  }

  #take(length: number): Buffer {
    const first = this.#chunks[0] ?? Buffer.alloc(0)
    // Concatenated once per frame, when all of it is here.
    const whole = first.length >= length ? first : Buffer.concat(this.#chunks.splice(0))
    if (whole === first) this.#chunks.shift()
    if (whole.length > length) this.#chunks.unshift(whole.subarray(length))
    this.#bufferedBytes -= length
    return whole.subarray(0, length)
  }
}
