import net from 'node:net'
import { ByteReader, ByteWriter, FrameSplitter } from '@odradek/base'
import {
  decodeConnectResponse,
  encodeConnectRequest,
  OpCode,
  replyHeader,
  requestHeader,
  watcherEvent,
  Xid,
} from '@odradek/zookeeper-protocol'
import { eventSummary, replySummary } from './trace.ts'
import type { TraceRequest } from './trace.ts'

const pingMs = 200
/** Longer than the time in which the server ends a session that nobody pings. */
const answerMs = 10_000

/** A session as a connection knows it. */
export interface ReplaySession {
  readonly sessionId: bigint
  readonly passwd: Buffer
}

/** One connection of the trace, to the server that is judged. What the server says is taken one by one. */
export class ReplayConnection {
  readonly #socket: net.Socket
  readonly #splitter = new FrameSplitter(64 * 1024 * 1024)
  readonly #received: Buffer[] = []
  #wake: () => void = () => {}
  #isClosed = false
  #isConnected = false
  #unanswered = 0
  #pings: NodeJS.Timeout | undefined

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#splitter.push(chunk)
      for (let packet = this.#splitter.next(); packet !== undefined; packet = this.#splitter.next()) {
        // The answer to the connect request, and what has a positive id, answers something.
        if (!this.#isConnected || packet.readInt32BE(0) > 0) this.#unanswered -= 1
        this.#isConnected = true
        this.#received.push(Buffer.from(packet))
      }
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#isClosed = true
      this.stopPings()
      this.#wake()
    })
  }

  static open(port: number): Promise<ReplayConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new ReplayConnection(socket)))
      socket.once('error', reject)
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Asks for a session; the answer is for `connected`. */
  connect(session: ReplaySession | undefined, timeoutMs: number): void {
    this.#unanswered += 1
    this.#send((writer) =>
      encodeConnectRequest(writer, {
        protocolVersion: 0,
        lastZxidSeen: 0n,
        timeOut: timeoutMs,
        sessionId: session?.sessionId ?? 0n,
        passwd: session?.passwd ?? Buffer.alloc(16),
        readOnly: false,
      }),
    )
  }

  /** The session that the server granted; undefined when it has refused the one that was shown. */
  async connected(): Promise<ReplaySession | undefined> {
    const response = decodeConnectResponse(new ByteReader(await this.#next()))
    if (response.timeOut <= 0) return undefined
    this.#pings = setInterval(() => this.#request(Xid.ping, OpCode.ping, Buffer.alloc(0)), pingMs)
    return { sessionId: response.sessionId, passwd: Buffer.from(response.passwd ?? Buffer.alloc(16)) }
  }

  send(xid: number, { op, body }: TraceRequest): void {
    this.#unanswered += 1
    this.#request(xid, op, body)
  }

  /** Resolves when everything that was sent is answered, or the connection is closed. */
  async settled(): Promise<void> {
    const endMs = performance.now() + answerMs
    while (this.#unanswered > 0 && !this.#isClosed && performance.now() < endMs) await this.#arrival(endMs)
  }

  /** The next reply or event, in the words of the trace. Rejects when none comes. */
  async said(): Promise<string> {
    for (;;) {
      const packet = await this.#next()
      const reader = new ByteReader(packet)
      const { xid, err } = replyHeader.decode(reader)
      if (xid === Xid.ping) continue
      if (xid !== Xid.notification) return replySummary(xid, err, packet.length)
      const event = watcherEvent.decode(reader)
      return eventSummary(event.type, event.state, event.path ?? '')
    }
  }

  /** From now on the session lives as long as the server lets it. */
  stopPings(): void {
    clearInterval(this.#pings)
  }

  destroy(): void {
    this.stopPings()
    this.#socket.destroy()
  }

  #request(xid: number, type: number, body: Buffer): void {
    this.#send((writer) => {
      requestHeader.encode(writer, { xid, type })
      writer.bytes(body)
    })
  }

  #send(encode: (writer: ByteWriter) => void): void {
    const writer = new ByteWriter()
    const length = writer.placeholderInt32()
    encode(writer)
    length.set(writer.sizeBytes - 4)
    if (!this.#isClosed) this.#socket.write(writer.concat())
  }

  async #next(): Promise<Buffer> {
    const endMs = performance.now() + answerMs
    for (;;) {
      const packet = this.#received.shift()
      if (packet !== undefined) return packet
      const leftMs = endMs - performance.now()
      if (this.#isClosed) throw new Error('the server has closed the connection')
      if (leftMs <= 0) throw new Error('the server says nothing')
      await this.#arrival(endMs)
    }
  }

  #arrival(endMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, endMs - performance.now())
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
