import { assert, NetworkError } from '@odradek/base'
import type { Connection, ConnectionHandler, NetworkErrorCode } from '@odradek/base'
import { crc32 } from 'node:zlib'
import type { SimulatedProcess } from '../simulated-process.ts'
import type { Path } from './path.ts'
import type { Segment } from './segment.ts'

/** Above it `write` answers false (Node's default). */
const highWaterMarkBytes = 65_536
/** What may be under way, or wait unread at the receiver. */
const windowBytes = 262_144
const segmentBytesMax = 65_536

/**
 * One end of a TCP connection. What is written goes into the path's window at once, the rest waits here; what arrives
 * waits in the receive buffer until the owner's next turn.
 */
export class SimulatedConnection implements Connection {
  readonly owner: SimulatedProcess
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  readonly #name: string
  #handler: ConnectionHandler | undefined
  #peer: SimulatedConnection | undefined
  /** The way to the peer. */
  #path: Path | undefined

  readonly #toSend: Buffer[] = []
  #toSendBytes = 0
  /** Sent, but not read by the peer's owner yet. */
  #unreadBytes = 0
  #needsDrain = false
  /** `end` was called; with `#endSent` also the last byte has left. */
  #isEnding = false
  #endSent = false

  readonly #received: Buffer[] = []
  #receivedBytes = 0
  #endReceived = false
  #endDelivered = false
  #isPaused = false
  #deliveryScheduled = false
  /** Nothing goes in or out any more. */
  isClosed = false
  #closeError: Error | undefined

  constructor(
    owner: SimulatedProcess,
    local: { address: string; port: number },
    remote: { address: string; port: number },
  ) {
    this.owner = owner
    this.localAddress = local.address
    this.localPort = local.port
    this.remoteAddress = remote.address
    this.remotePort = remote.port
    this.#name = `${remote.address}:${remote.port}`
  }

  /** Joins two ends; `there` and `back` are the ways between them. */
  static join(a: SimulatedConnection, b: SimulatedConnection, there: Path, back: Path): void {
    a.#peer = b
    a.#path = there
    b.#peer = a
    b.#path = back
  }

  get pendingBytes(): number {
    return this.#toSendBytes
  }

  handle(handler: ConnectionHandler): void {
    assert(this.#handler === undefined, 'a connection has one handler')
    this.#handler = handler
    if (this.isClosed) this.#scheduleClose()
    this.#scheduleDelivery()
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.isClosed || this.#isEnding || !this.owner.isAlive) return false
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      this.#toSend.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      this.#toSendBytes += chunk.length
    }
    this.#send()
    const isBelowMark = this.#toSendBytes < highWaterMarkBytes
    if (!isBelowMark) this.#needsDrain = true
    return isBelowMark
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#scheduleDelivery()
  }

  end(): void {
    if (this.isClosed || this.#isEnding || !this.owner.isAlive) return
    this.#isEnding = true
    this.#send()
  }

  destroy(): void {
    if (this.isClosed || !this.owner.isAlive) return
    this.closeBySystem()
    this.#scheduleClose()
  }

  /** What the operating system does with a socket whose owner let go of it: the owner is not called. */
  closeBySystem(): void {
    if (this.isClosed) return
    const hasUnread = this.#receivedBytes > 0 || this.#toSendBytes > 0
    if (hasUnread || !this.#endSent) this.#path?.closeAbruptly(hasUnread)
    this.#close(undefined)
  }

  /** The machine is gone: nobody is told. */
  forget(): void {
    this.#close(undefined)
  }

  /** The connection broke. */
  fail(code: NetworkErrorCode, why: string): void {
    if (this.isClosed) return
    this.#close(new NetworkError(code, `connection with ${this.#name}: ${why}`))
    this.#scheduleClose()
  }

  /** A segment came over the path from the peer. False: this end is gone, which the peer must be told. */
  arrive(segment: Segment): boolean {
    if (this.isClosed) return false
    if (segment.kind === 'end') this.#endReceived = true
    else {
      this.#received.push(segment.bytes)
      this.#receivedBytes += segment.bytes.length
    }
    this.#scheduleDelivery()
    return true
  }

  /** Moves what the window takes into the path. Bytes are copied: the receiver owns what it gets. */
  #send(): void {
    const path = this.#path
    assert(path !== undefined, 'a connection is joined before it is handed over')
    while (this.#toSendBytes > 0 && this.#unreadBytes < windowBytes) {
      const length = path.cut(Math.min(this.#toSendBytes, segmentBytesMax))
      path.send({ kind: 'data', bytes: this.#takeToSend(length) })
      this.#unreadBytes += length
    }
    if (this.#toSendBytes > 0) return
    if (this.#needsDrain) {
      this.#needsDrain = false
      this.owner.schedule(0, 'drain', () => {
        if (!this.isClosed) this.#handler?.onDrain?.()
      })
    }
    if (this.#isEnding && !this.#endSent) {
      this.#endSent = true
      path.send({ kind: 'end' })
      this.#closeIfBothEnded()
    }
  }

  #takeToSend(length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length)
    this.#toSendBytes -= length
    for (let done = 0; done < length;) {
      const first = this.#toSend[0] as Buffer
      const count = Math.min(first.length, length - done)
      first.copy(bytes, done, 0, count)
      done += count
      if (count === first.length) this.#toSend.shift()
      else this.#toSend[0] = first.subarray(count)
    }
    return bytes
  }

  /** The peer's owner has read so much. */
  #onRead(length: number): void {
    this.#unreadBytes -= length
    if (!this.isClosed && this.owner.isAlive) this.#send()
  }

  #scheduleDelivery(): void {
    if (this.#deliveryScheduled || this.#isPaused || this.#handler === undefined || this.isClosed) return
    if (this.#receivedBytes === 0 && (!this.#endReceived || this.#endDelivered)) return
    this.#deliveryScheduled = true
    const crc = this.#received.reduce((seed, bytes) => crc32(bytes, seed), 0)
    const what = `receives ${this.#receivedBytes} bytes (${crc.toString(16)}) from ${this.#name}`
    this.owner.schedule(0, what, () => this.#deliver())
  }

  #deliver(): void {
    this.#deliveryScheduled = false
    const handler = this.#handler
    if (handler === undefined || this.isClosed || this.#isPaused) return
    if (this.#receivedBytes > 0) {
      const bytes = this.#takeReceived(handler)
      const peer = this.#peer
      if (peer !== undefined) peer.#onRead(bytes.length)
      handler.onData(bytes)
      this.#scheduleDelivery()
    } else if (this.#endReceived && !this.#endDelivered) {
      this.#endDelivered = true
      if (handler.onEnd === undefined) this.end()
      else handler.onEnd()
      this.#closeIfBothEnded()
    }
  }

  /** All that has come, or what fits where the owner wants it. */
  #takeReceived(handler: ConnectionHandler): Buffer {
    const all = this.#received.length === 1 ? (this.#received[0] as Buffer) : Buffer.concat(this.#received)
    const target = handler.readTarget?.()
    const bytes = target === undefined ? all : target.subarray(0, all.copy(target))
    this.#received.length = 0
    if (bytes.length < all.length) this.#received.push(all.subarray(bytes.length))
    this.#receivedBytes = all.length - bytes.length
    return bytes
  }

  #closeIfBothEnded(): void {
    if (this.isClosed || !this.#endSent || !this.#endDelivered) return
    this.#close(undefined)
    this.#scheduleClose()
  }

  #close(error: Error | undefined): void {
    this.isClosed = true
    this.#closeError = error
    this.#toSend.length = 0
    this.#toSendBytes = 0
    this.#received.length = 0
    this.#receivedBytes = 0
    this.owner.simulation.network.remove(this)
  }

  #scheduleClose(): void {
    const handler = this.#handler
    if (handler === undefined) return
    this.owner.schedule(0, `connection with ${this.#name} closes`, () => handler.onClose(this.#closeError))
  }
}
