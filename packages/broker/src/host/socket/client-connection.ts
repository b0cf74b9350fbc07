import { FrameReader } from '@odradek/base'
import type { BadFrameSize, BufferPool, Connection, ConnectionHandler } from '@odradek/base'
import type { ConnectionContext } from '../../handlers/request-context.ts'

/** The chunks of a whole response frame; undefined sends none; `close` ends the connection. */
export type RequestOutcome = readonly Buffer[] | undefined | 'close'

/** A request that is being handled. */
export interface Dispatched {
  readonly outcome: RequestOutcome | Promise<RequestOutcome>
  /** True when the next request of the connection may be begun before this one is answered. */
  readonly isPipelined: boolean
  /** True when nobody looks at the bytes of the request any more, but who holds them in the pool of buffers, when there is an outcome. */
  readonly isDoneWithFrame?: boolean
  /** Told when its answer has been handed to the network, or that there is none. */
  readonly trace?: RequestTrace | undefined
}

/** Follows one request on its way. */
export interface RequestTrace {
  sent(nowMs: number): void
  /** The network has all of it, and looks at none of its bytes any more. Does not come when the connection ends before. */
  written(): void
}

/** Answers a request, given as a frame without its size, and when it had come. Never throws, and its promise never rejects. */
export type Dispatch = (frame: Buffer, connection: ConnectionContext, arrivedMs: number) => Dispatched

/** What a connection needs of the server that owns it. */
export interface ConnectionOwner {
  readonly requestSizeBytesMax: number
  /** Of requests. */
  readonly buffers: BufferPool
  readonly dispatch: Dispatch
  nowMs(): number
  /** Calls `callback` in so many milliseconds; returns what prevents it. */
  after(durationMs: number, callback: () => void): () => void
  /** Calls `connection.flush` at the end of the turn. */
  scheduleFlush(connection: ClientConnection): void
  /** Bytes of requests that are held; false when the server holds enough for now and will call `connection.resumeReading`. */
  reserve(sizeBytes: number, connection: ClientConnection): boolean
  /** Bytes of a request that has begun to come; false, and nothing is held, when the server holds enough: see `reserve`. */
  tryReserve(sizeBytes: number, connection: ClientConnection): boolean
  release(sizeBytes: number): void
  badFrame(connection: ClientConnection, bad: BadFrameSize): void
  /** The client went away in the middle of a request; `sizeBytes` is -1 when not even its size had come. */
  truncatedFrame(connection: ClientConnection, partial: { receivedBytes: number; sizeBytes: number }): void
  closed(connection: ClientConnection): void
}

interface Slot {
  readonly frame: Buffer
  readonly isDoneWithFrame: boolean
  readonly trace: RequestTrace | undefined
  outcome: RequestOutcome
  isDone: boolean
}

/** Requests of one connection that are begun and not answered. Kafka's clients keep 5 by default, some unboundedly many. */
const slotsMax = 256
/** What may wait behind a request that lets nothing pass, before reading stops. */
const queuedBytesMax = 1024 * 1024
/** A connection that is to close, and is not by then, is cut: its peer does not read, or what it asked for is not there. */
const lingerMsMax = 5000
/** While so many bytes of answers are not written, no other request is begun: the next may be answered with as many again. */
const outgoingBytesMax = 1024 * 1024

/**
 * One client's connection: frames in, answers out in the order of the requests. It begins one request at a time, except that those behind a pipelined one
 * (Produce) need not wait for its answer. It stops reading while too much waits to be handled, or the client does not read its answers.
 */
export class ClientConnection implements ConnectionHandler {
  readonly context: ConnectionContext
  readonly connection: Connection
  lastActiveMs: number
  readonly #owner: ConnectionOwner
  readonly #frames: FrameReader
  readonly #closeListeners = new Set<() => void>()
  #queue: Buffer[] = []
  /** When each of them had come. */
  #arrivals: number[] = []
  #queueStart = 0
  #queuedBytes = 0
  #slots: Slot[] = []
  #outgoing: Buffer[] = []
  #outgoingBytes = 0
  /** Of the requests that these answer. */
  #traces: RequestTrace[] = []
  /** Of the requests whose answers the network has not finished with. */
  #unwritten: RequestTrace[] = []
  #flushIsScheduled = false
  /** A request that lets nothing pass is being handled. */
  #isBlocked = false
  #isHandling = false
  #peerIsSlow = false
  #memoryIsShort = false
  /** Bytes of the request that is coming: those that are reserved for it, and those that it waits for. */
  #partialReserved = 0
  #partialWanted = 0
  /** Until its client may go on; set while it is over its quota. */
  #mutedUntilMs: number | undefined
  #cancelUnmute: (() => void) | undefined
  /** Not let in yet: it is not read. */
  #isHeld = true
  #isPaused = false
  #isClosing = false
  #cancelCut: (() => void) | undefined
  #isClosed = false

  constructor(owner: ConnectionOwner, connection: Connection, context: Omit<ConnectionContext, 'onClose' | 'mute'>) {
    this.#owner = owner
    this.connection = connection
    this.context = {
      ...context,
      onClose: (listener) => this.#onClose(listener),
      mute: (durationMs) => this.#mute(durationMs),
    }
    this.lastActiveMs = owner.nowMs()
    const { requestSizeBytesMax: sizeBytesMax, buffers } = owner
    const onPartial = (sizeBytes: number): boolean => this.#coming(sizeBytes)
    this.#frames = new FrameReader({ sizeBytesMax, onPartial, buffers }, (frame) => this.#received(frame))
  }

  /** True when it takes no more requests and is about to end. */
  get isClosing(): boolean {
    return this.#isClosing
  }

  /** True when no request is being handled. */
  get isIdle(): boolean {
    return this.#slots.length === 0 && this.#queueStart === this.#queue.length
  }

  /** Requests that have come and are not begun. */
  get queuedCount(): number {
    return this.#queue.length - this.#queueStart
  }

  #onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener)
    return () => this.#closeListeners.delete(listener)
  }

  #mute(durationMs: number): void {
    const untilMs = this.#owner.nowMs() + durationMs
    if (this.#isClosed || untilMs <= (this.#mutedUntilMs ?? 0)) return
    this.#mutedUntilMs = untilMs
    this.#cancelUnmute?.()
    this.#cancelUnmute = this.#owner.after(durationMs, () => {
      this.#mutedUntilMs = undefined
      this.#advance()
    })
  }

  /** It has come, and is not read until it is let in. */
  hold(): void {
    this.#adjustReading()
  }

  /** It is let in. */
  admit(): void {
    this.#isHeld = false
    this.#adjustReading()
  }

  // From the network

  onData(chunk: Buffer): void {
    if (this.#isClosing) return
    this.lastActiveMs = this.#owner.nowMs()
    this.#noteWritten()
    const bad = this.#frames.accept(chunk)
    if (bad !== undefined) {
      this.#owner.badFrame(this, bad)
      this.close()
    }
    this.#adjustReading()
  }

  readTarget(): Buffer {
    return this.#frames.target
  }

  onDrain(): void {
    this.#peerIsSlow = false
    this.#noteWritten()
    this.#advance()
  }

  onEnd(): void {
    // What was asked is answered still: some clients close their side first.
    this.#noteTruncation()
    this.#startClosing()
    this.#endWhenAnswered()
  }

  onClose(): void {
    if (this.#isClosed) return
    this.#noteTruncation()
    this.#isClosed = true
    this.#isClosing = true
    this.#cancelCut?.()
    this.#cancelUnmute?.()
    this.#owner.release(this.#partialReserved)
    this.#partialReserved = 0
    for (const frame of this.#queue.slice(this.#queueStart)) this.#owner.release(frame.length)
    this.#queue = []
    this.#arrivals = []
    this.#queueStart = 0
    for (const slot of this.#slots) if (!slot.isDone) this.#owner.release(slot.frame.length)
    this.#slots = []
    this.#outgoing = []
    this.#unwritten = []
    for (const listener of this.#closeListeners) listener()
    this.#closeListeners.clear()
    this.#owner.closed(this)
  }

  /** It takes no more requests. */
  #startClosing(): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#cancelCut = this.#owner.after(lingerMsMax, () => this.connection.destroy())
  }

  #noteTruncation(): void {
    const { partial } = this.#frames
    if (!this.#isClosing && partial !== undefined) this.#owner.truncatedFrame(this, partial)
  }

  // Requests

  /** A large request has begun to come; false when there is no memory for it now. */
  #coming(sizeBytes: number): boolean {
    if (this.#owner.tryReserve(sizeBytes, this)) {
      this.#partialReserved = sizeBytes
      return true
    }
    this.#partialWanted = sizeBytes
    this.#memoryIsShort = true
    return false
  }

  #received(frame: Buffer): void {
    const reservedBytes = this.#partialReserved
    this.#partialReserved = 0
    this.#partialWanted = 0
    if (!this.#owner.reserve(frame.length - reservedBytes, this)) this.#memoryIsShort = true
    this.#queue.push(frame)
    this.#arrivals.push(this.lastActiveMs)
    this.#queuedBytes += frame.length
    this.#advance()
  }

  /** Begins what may be begun. */
  #advance(): void {
    if (this.#isHandling) return
    this.#isHandling = true
    while (
      this.#queueStart < this.#queue.length &&
      !this.#isBlocked &&
      !this.#peerIsSlow &&
      this.#mutedUntilMs === undefined &&
      !this.#isClosed &&
      this.#slots.length < slotsMax &&
      this.#outgoingBytes < outgoingBytesMax
    ) {
      const frame = this.#queue[this.#queueStart] as Buffer
      const arrivedMs = this.#arrivals[this.#queueStart] as number
      this.#queueStart++
      this.#queuedBytes -= frame.length
      this.#begin(frame, arrivedMs)
    }
    if (this.#queueStart === this.#queue.length) {
      this.#queue = []
      this.#arrivals = []
      this.#queueStart = 0
    }
    this.#isHandling = false
    this.#adjustReading()
    if (this.#isClosing) this.#endWhenAnswered()
  }

  #begin(frame: Buffer, arrivedMs: number): void {
    const {
      outcome,
      isPipelined,
      isDoneWithFrame = false,
      trace,
    } = this.#owner.dispatch(frame, this.context, arrivedMs)
    const slot: Slot = { frame, isDoneWithFrame, trace, outcome: undefined, isDone: false }
    this.#slots.push(slot)
    if (!(outcome instanceof Promise)) {
      this.#done(slot, outcome)
      return
    }
    if (!isPipelined) this.#isBlocked = true
    void outcome.then((value) => {
      if (!isPipelined) this.#isBlocked = false
      if (this.#isClosed) return
      this.#done(slot, value)
      this.#advance()
    })
  }

  #done(slot: Slot, outcome: RequestOutcome): void {
    // Dropped meanwhile.
    if (slot.isDone) return
    slot.outcome = outcome
    slot.isDone = true
    this.#owner.release(slot.frame.length)
    if (slot.isDoneWithFrame) this.#owner.buffers.release(slot.frame)
    let answered = 0
    for (const first of this.#slots) {
      if (!first.isDone) break
      answered++
      if (first.outcome === 'close') {
        // Its place in the order is its end: answers before it go out, nothing behind it is handled.
        this.#startClosing()
        this.#dropQueue()
        this.#dropSlots()
        this.#slots = []
        this.flush()
        this.connection.end()
        return
      }
      if (first.trace !== undefined) this.#traces.push(first.trace)
      if (first.outcome === undefined) continue
      for (const chunk of first.outcome) {
        this.#outgoing.push(chunk)
        this.#outgoingBytes += chunk.length
      }
    }
    this.#slots.splice(0, answered)
    if ((this.#outgoing.length > 0 || this.#traces.length > 0) && !this.#flushIsScheduled) {
      this.#flushIsScheduled = true
      this.#owner.scheduleFlush(this)
    }
  }

  #dropQueue(): void {
    for (const frame of this.#queue.slice(this.#queueStart)) this.#owner.release(frame.length)
    this.#queueStart = this.#queue.length
    this.#queuedBytes = 0
  }

  #dropSlots(): void {
    for (const slot of this.#slots) {
      if (slot.isDone) continue
      slot.isDone = true
      this.#owner.release(slot.frame.length)
    }
  }

  // To the network

  /** Writes all answers that are ready as one vector. */
  flush(): void {
    this.#flushIsScheduled = false
    if (this.#isClosed) return
    const traces = this.#traces
    if (traces.length > 0) this.#traces = []
    if (this.#outgoing.length === 0) {
      const nowMs = this.#owner.nowMs()
      for (const trace of traces) trace.sent(nowMs)
      return
    }
    const chunks = this.#outgoing
    this.#outgoing = []
    const wasFull = this.#outgoingBytes >= outgoingBytesMax
    this.#outgoingBytes = 0
    this.lastActiveMs = this.#owner.nowMs()
    this.#unwritten.push(...traces)
    const isBelowMark = this.connection.write(chunks)
    this.#noteWritten()
    if (!isBelowMark) {
      this.#peerIsSlow = true
      this.#adjustReading()
    } else if (wasFull) this.#advance()
    if (traces.length > 0) {
      const nowMs = this.#owner.nowMs()
      for (const trace of traces) trace.sent(nowMs)
    }
    if (this.#isClosing) this.#endWhenAnswered()
  }

  #noteWritten(): void {
    if (this.#unwritten.length === 0 || this.connection.pendingBytes > 0) return
    const unwritten = this.#unwritten
    this.#unwritten = []
    for (const trace of unwritten) trace.written()
  }

  #endWhenAnswered(): void {
    if (this.isIdle && this.#outgoing.length === 0 && !this.#isClosed) this.connection.end()
  }

  /** There is memory for requests again. */
  resumeReading(): void {
    if (this.#partialWanted > 0) {
      if (!this.#owner.tryReserve(this.#partialWanted, this)) return
      this.#partialReserved = this.#partialWanted
      this.#partialWanted = 0
    }
    this.#memoryIsShort = false
    this.#adjustReading()
  }

  #adjustReading(): void {
    const mustPause =
      this.#isHeld ||
      this.#peerIsSlow ||
      this.#memoryIsShort ||
      this.#mutedUntilMs !== undefined ||
      this.#queuedBytes > queuedBytesMax ||
      this.#queue.length - this.#queueStart >= slotsMax
    if (mustPause === this.#isPaused || this.#isClosed) return
    this.#isPaused = mustPause
    if (mustPause) this.connection.pause()
    else this.connection.resume()
  }

  /** No more requests; ends when those that were begun are answered. */
  finish(): void {
    if (this.#isClosed) return
    this.#startClosing()
    this.#dropQueue()
    this.flush()
    this.#endWhenAnswered()
  }

  /** No more requests; answers that are ready go out first. */
  close(): void {
    if (this.#isClosed) return
    this.#startClosing()
    this.#dropQueue()
    this.#dropSlots()
    this.flush()
    this.connection.end()
  }
}
