import { BufferPool } from './buffer-pool.ts'

/** A frame up to this size gets its buffer as soon as its size is known. */
const eagerSizeBytesMax = 1024 * 1024
/** A larger one gets it when this share of it has come: who announces much must send some before it costs memory. */
const eagerShare = 8
/** What is missing of a frame is read straight into it from this size on; less is read together with what follows. */
const directSizeBytesMin = 32 * 1024
/**
 * Where bytes are read that belong to no large frame. One for all connections: a read is taken apart before the next one begins.
 */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)
/** A frame from this size on is copied into memory of its own; smaller ones share some, as Node does it. */
const copiedSizeBytesMin = 512
/** Whoever owns the memory of requests is asked before a frame above this size is gathered. */
const askedSizeBytesMin = 64 * 1024
/** API key, API version, correlation id. */
const requestSizeBytesMin = 8

/** The size that a peer announced is not one of a frame. */
export interface BadFrameSize {
  readonly announcedSizeBytes: number
  /** The bytes that announced it and what came with them. */
  readonly start: Buffer
}

export interface FrameReaderOptions {
  /** A smaller frame is refused; default: what every request has. */
  readonly sizeBytesMin?: number
  readonly sizeBytesMax: number
  /**
   * Hears of a large frame that has begun to come; false asks it to come no further for now: no more chunks are to be given until there is memory
   * for it.
   */
  readonly onPartial?: (sizeBytes: number) => boolean
  /** Where frames that are no views have their memory from, held once for whoever gets them. Default: new memory. */
  readonly buffers?: BufferPool
}

const newMemory = new BufferPool({ sizeBytesMin: Infinity })

/**
 * Cuts the bytes of one connection into Kafka's frames (an int32 size, then so many bytes). A frame that lies within one chunk is a view of it
 * (a copy, if the chunk is this reader's own scratch buffer); one that spans chunks gets a buffer of its own size, which is read into directly where
 * the network can.
 */
export class FrameReader {
  readonly #sizeBytesMin: number
  readonly #sizeBytesMax: number
  readonly #onFrame: (frame: Buffer) => void
  readonly #onPartial: (sizeBytes: number) => boolean
  readonly #buffers: BufferPool
  /** The frame that is being gathered was asked for. */
  #isAsked = false
  readonly #sizeBytes = Buffer.alloc(4)
  #sizeBytesRead = 0
  /** -1 while the size is being read. */
  #frameSize = -1
  #received = 0
  #buffer: Buffer | undefined
  #early: Buffer[] = []

  constructor(options: FrameReaderOptions, onFrame: (frame: Buffer) => void) {
    this.#sizeBytesMin = options.sizeBytesMin ?? requestSizeBytesMin
    this.#sizeBytesMax = options.sizeBytesMax
    this.#onFrame = onFrame
    this.#onPartial = options.onPartial ?? (() => true)
    this.#buffers = options.buffers ?? newMemory
  }

  /** What has come of a frame that is not whole yet; undefined between frames. `sizeBytes` is -1 while it is not known. */
  get partial(): { readonly receivedBytes: number; readonly sizeBytes: number } | undefined {
    if (this.#frameSize >= 0) return { receivedBytes: this.#received, sizeBytes: this.#frameSize }
    return this.#sizeBytesRead > 0 ? { receivedBytes: 0, sizeBytes: -1 } : undefined
  }

  /** Where the next bytes are best put: into the frame that they complete, if that is large. */
  get target(): Buffer {
    const missing = this.#frameSize - this.#received
    return this.#buffer === undefined || missing < directSizeBytesMin ? scratch : this.#buffer.subarray(this.#received)
  }

  /** Takes the next bytes and hands out the frames that they complete. A bad size ends it: nothing may be given to it afterwards. */
  accept(chunk: Buffer): BadFrameSize | undefined {
    let position = 0
    while (position < chunk.length) {
      if (this.#frameSize < 0) {
        position = this.#readSize(chunk, position)
        if (this.#sizeBytesRead < 4) return undefined
        const size = this.#sizeBytes.readInt32BE(0)
        if (size < this.#sizeBytesMin || size > this.#sizeBytesMax) {
          return {
            announcedSizeBytes: size,
            start: Buffer.concat([this.#sizeBytes, chunk.subarray(position, position + 64)]),
          }
        }
        this.#sizeBytesRead = 0
        this.#frameSize = size
        this.#received = 0
        this.#isAsked = false
        continue
      }
      position = this.#readBody(chunk, position)
    }
    return undefined
  }

  #readSize(chunk: Buffer, position: number): number {
    const length = Math.min(4 - this.#sizeBytesRead, chunk.length - position)
    chunk.copy(this.#sizeBytes, this.#sizeBytesRead, position, position + length)
    this.#sizeBytesRead += length
    return position + length
  }

  #readBody(chunk: Buffer, position: number): number {
    const size = this.#frameSize
    if (this.#received === 0 && chunk.length - position >= size) {
      this.#frameSize = -1
      this.#onFrame(this.#ownFrame(chunk, position, position + size))
      return position + size
    }
    const length = Math.min(size - this.#received, chunk.length - position)
    const end = position + length
    if (!this.#isAsked && size > askedSizeBytesMin) {
      this.#isAsked = true
      if (!this.#onPartial(size)) {
        this.#early.push(kept(chunk, position, end))
        this.#received += length
        return end
      }
    }
    if (this.#buffer === undefined && (size <= eagerSizeBytesMax || this.#received + length >= size / eagerShare)) {
      this.#allocate(size)
    }
    if (this.#buffer === undefined) this.#early.push(kept(chunk, position, end))
    else if (!this.#isInPlace(chunk)) chunk.copy(this.#buffer, this.#received, position, end)
    this.#received += length
    if (this.#received === size) {
      const frame = this.#buffer as Buffer
      this.#buffer = undefined
      this.#frameSize = -1
      this.#onFrame(frame)
    }
    return end
  }

  /** The bytes were read straight into the frame. */
  #isInPlace(chunk: Buffer): boolean {
    const buffer = this.#buffer
    return chunk.buffer === buffer?.buffer && chunk.byteOffset === buffer.byteOffset + this.#received
  }

  /** A frame that came whole: a view, or a copy where the chunk will be written over. */
  #ownFrame(chunk: Buffer, start: number, end: number): Buffer {
    if (chunk.buffer !== scratch.buffer || end - start < copiedSizeBytesMin) return kept(chunk, start, end)
    const copy = this.#buffers.take(end - start)
    chunk.copy(copy, 0, start, end)
    return copy
  }

  #allocate(size: number): void {
    const buffer = this.#buffers.take(size)
    let filled = 0
    for (const chunk of this.#early) filled += chunk.copy(buffer, filled)
    this.#early = []
    this.#buffer = buffer
  }
}

/** A part of a chunk, to be kept: a view, or a copy where the chunk will be written over. */
function kept(chunk: Buffer, start: number, end: number): Buffer {
  if (chunk.buffer !== scratch.buffer) return chunk.subarray(start, end)
  const copy = Buffer.allocUnsafe(end - start)
  chunk.copy(copy, 0, start, end)
  return copy
}
