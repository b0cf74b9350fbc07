import { ByteReader, ByteWriter, FrameSplitter } from '@odradek/base'
import type { Connection, Env } from '@odradek/base'
import {
  decodeConnectResponse,
  encodeConnectRequest,
  replyHeader,
  requestHeader,
  watcherEvent,
  Xid,
} from '@odradek/zookeeper-protocol'
import type { ConnectResponse, Jute, WatcherEvent, WithReadOnly } from '@odradek/zookeeper-protocol'

/** What came from the server. */
export type Received =
  | { readonly kind: 'connected'; readonly response: ConnectResponse & WithReadOnly }
  | { readonly kind: 'reply'; readonly xid: number; readonly zxid: bigint; readonly err: number; readonly body: Buffer }
  | { readonly kind: 'event'; readonly zxid: bigint; readonly event: WatcherEvent }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'closed' }

export interface ConnectOptions {
  readonly timeOut?: number
  readonly sessionId?: bigint
  readonly passwd?: Buffer | null
  readonly lastZxidSeen?: bigint
  readonly readOnly?: boolean | undefined
}

/** A client that says exactly what it is told to, and keeps all that comes back. */
export class RawClient {
  readonly #connection: Connection
  readonly #splitter = new FrameSplitter(64 * 1024 * 1024)
  #isConnected = false
  /** Plain text is expected instead of packets. */
  #isText = false
  received: Received[] = []
  #xid = 0
  sessionId = 0n
  passwd: Buffer | null = null
  readonly #waiting: (() => void)[] = []

  private constructor(connection: Connection) {
    this.#connection = connection
    connection.handle({ onData: (chunk) => this.#onData(chunk), onClose: () => this.#push({ kind: 'closed' }) })
  }

  static async open(env: Env, host: string, port: number): Promise<RawClient> {
    return new RawClient(await env.network.connect({ host, port }))
  }

  #onData(chunk: Buffer): void {
    if (this.#isText) return this.#push({ kind: 'text', text: chunk.toString('utf8') })
    this.#splitter.push(chunk)
    for (let packet = this.#splitter.next(); packet !== undefined; packet = this.#splitter.next())
      this.#onPacket(packet)
  }

  #onPacket(packet: Buffer): void {
    const reader = new ByteReader(packet)
    if (!this.#isConnected) {
      this.#isConnected = true
      const response = decodeConnectResponse(reader)
      this.sessionId = response.sessionId
      this.passwd = response.passwd
      return this.#push({ kind: 'connected', response })
    }
    const { xid, zxid, err } = replyHeader.decode(reader)
    if (xid === Xid.notification) return this.#push({ kind: 'event', zxid, event: watcherEvent.decode(reader) })
    this.#push({ kind: 'reply', xid, zxid, err, body: packet.subarray(reader.position) })
  }

  #push(received: Received): void {
    this.received.push(received)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Resolves with the first that fits, waiting for it. */
  async next(fits: (received: Received) => boolean): Promise<Received> {
    for (;;) {
      const index = this.received.findIndex(fits)
      if (index !== -1) return this.received.splice(index, 1)[0] as Received
      if (this.received.some(({ kind }) => kind === 'closed')) throw new Error('the server closed the connection')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  write(bytes: Buffer): void {
    this.#connection.write([bytes])
  }

  packet(body: Buffer): void {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length)
    this.write(Buffer.concat([length, body]))
  }

  command(word: string): void {
    this.#isText = true
    this.write(Buffer.from(word))
  }

  connect(options: ConnectOptions = {}): void {
    const writer = new ByteWriter()
    encodeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen: options.lastZxidSeen ?? 0n,
      timeOut: options.timeOut ?? 10_000,
      sessionId: options.sessionId ?? 0n,
      passwd: options.passwd === undefined ? Buffer.alloc(16) : options.passwd,
      readOnly: 'readOnly' in options ? options.readOnly : false,
    })
    this.packet(writer.concat())
  }

  /** Sends a request and returns its xid. */
  send<T>(type: number, definition: Jute<T>, value: T, xid = ++this.#xid): number {
    const writer = new ByteWriter()
    requestHeader.encode(writer, { xid, type })
    definition.encode(writer, value)
    this.packet(writer.concat())
    return xid
  }

  /** Sends a request and resolves with its reply. */
  async call<T>(type: number, definition: Jute<T>, value: T): Promise<Extract<Received, { kind: 'reply' }>> {
    const xid = this.send(type, definition, value)
    return (await this.next((received) => received.kind === 'reply' && received.xid === xid)) as Extract<
      Received,
      { kind: 'reply' }
    >
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  close(): void {
    this.#connection.destroy()
  }
}
