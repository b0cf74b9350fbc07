import { ByteReader, ByteWriter, DecodeError, FrameSplitter } from '@odradek/base'
import type { Connection, ConnectionHandler } from '@odradek/base'
import {
  authPacket,
  decodeConnectRequest,
  encodeConnectResponse,
  KeeperState,
  OpCode,
  Permission,
  replyHeader,
  getSaslRequest,
  SaslError,
  setSaslResponse,
  watcherEvent,
  Xid,
  ZooKeeperErrorCode,
} from '@odradek/zookeeper-protocol'
import type {
  Acl,
  ConnectRequest,
  DigestMd5Server,
  Id,
  WatchEventType,
  WithReadOnly,
  ZooKeeperErrorName,
} from '@odradek/zookeeper-protocol'
import type { AccessControl } from '../core/auth/access-control.ts'
import type { Client, ReplyBody, Request } from '../core/request.ts'
import { sessionPassword } from '../core/session/session-id.ts'
import { authenticate } from './authentication.ts'
import type { ServerCounters } from './server-metrics.ts'
import { TrafficStatistics } from './server-statistics.ts'

/** A client that does not read what it asked for is cut off when so much waits for it. */
const pendingBytesMax = 64 * 1024 * 1024

/** So much is gathered within a turn before it is sent: one turn may ask for a great deal. */
const flushSizeBytes = 256 * 1024

/** What a connection needs of the server that it belongs to. */
export interface ConnectionOwner {
  readonly packetSizeBytesMax: number
  readonly superDigest: string | undefined
  /** Who authenticates by SASL as this user may do everything. */
  readonly superUser: string | undefined
  /** Whose certificate has this subject may do everything. */
  readonly x509SuperUser: string | undefined
  readonly allowSaslFailedClients: boolean
  /** One of these must be among the identities before anything else is taken. */
  readonly requiredAuthSchemes: ReadonlySet<string> | undefined
  /** A new exchange, or undefined: this server has no SASL. */
  createSaslServer(): DigestMd5Server | undefined
  readonly access: AccessControl
  readonly statistics: TrafficStatistics
  readonly counters: ServerCounters
  /** Too much is under way: no more packets of this connection are to be taken for now. */
  mustWait(connection: ClientConnection): boolean
  /** Throws `DecodeError` when there is no room for a packet of this size now. */
  admitLarge(sizeBytes: number): void
  /** `resume` is to be called when that is over. */
  waitForLoad(connection: ClientConnection): void
  isCommand(word: string): boolean
  /** Answers a four-letter word: the text. */
  runCommand(word: string): string
  openSession(connection: ClientConnection, request: ConnectRequest & WithReadOnly): void
  submit(request: Request): void
  /** There is something to `flush`. */
  needsFlush(connection: ClientConnection): void
  closed(connection: ClientConnection): void
  warn(message: string, connection: ClientConnection): void
  nowMs(): number
}

type Phase = 'new' | 'waitingForSession' | 'open' | 'ended'

/** One client's TCP connection: cuts packets, opens the session, authenticates, hands the rest to the pipeline, and sends what comes back. */
export class ClientConnection implements Client, ConnectionHandler {
  readonly connection: Connection
  readonly statistics = new TrafficStatistics()
  readonly establishedMs: number
  readonly #owner: ConnectionOwner
  readonly #splitter: FrameSplitter
  readonly #identities: Id[]
  #sasl: DigestMd5Server | undefined
  #writer: ByteWriter | undefined
  #phase: Phase = 'new'
  #knowsReadOnly = true
  /** The peer does not read: `write` said so. */
  #isBlocked = false
  sessionId = 0n
  timeoutMs = 0
  lastZxid = 0n
  lastXid = 0
  /** Requests that were taken and not answered yet. */
  underWayCount = 0
  /** When this side closed. */
  endedMs = 0

  constructor(connection: Connection, owner: ConnectionOwner) {
    this.connection = connection
    this.#owner = owner
    this.#splitter = new FrameSplitter(owner.packetSizeBytesMax)
    this.#identities = [{ scheme: 'ip', id: connection.remoteAddress }]
    const { peerSubject } = connection
    if (peerSubject !== undefined) this.#addIdentity({ scheme: 'x509', id: peerSubject })
    if (peerSubject !== undefined && peerSubject === owner.x509SuperUser) this.#addIdentity({ scheme: 'super', id: '' })
    this.establishedMs = owner.nowMs()
  }

  get identities(): readonly Id[] {
    return this.#identities
  }

  get isClosed(): boolean {
    return this.#phase === 'ended'
  }

  get hasSession(): boolean {
    return this.#phase === 'open'
  }

  /** It has asked for a session and not been answered yet. */
  get isOpening(): boolean {
    return this.#phase === 'waitingForSession'
  }

  onData(chunk: Buffer): void {
    if (this.#phase === 'ended') return
    this.#splitter.push(chunk)
    this.#takePackets()
  }

  onDrain(): void {
    this.#isBlocked = false
    this.resume()
  }

  onEnd(): void {
    if (this.#splitter.bufferedBytes > 0 && this.#phase !== 'ended') {
      this.#owner.warn('closed a connection: its client ended it in the middle of a packet', this)
    }
    this.destroy()
  }

  onClose(): void {
    this.#phase = 'ended'
    this.#owner.closed(this)
  }

  /** Takes up the packets that have come meanwhile. */
  resume(): void {
    if (this.#phase === 'ended') return
    this.connection.resume()
    this.#takePackets()
  }

  #takePackets(): void {
    try {
      while (this.#phase === 'new' || this.#phase === 'open') {
        if (this.#isBlocked) return this.connection.pause()
        if (this.#owner.mustWait(this)) {
          this.connection.pause()
          this.#owner.counters.requestsWaited.add()
          return this.#owner.waitForLoad(this)
        }
        if (this.#phase === 'new' && this.#takeCommand()) return
        this.#owner.admitLarge(this.#splitter.peekInt32() ?? 0)
        const packet = this.#splitter.next()
        if (packet === undefined) return
        this.statistics.receivedCount++
        this.#owner.statistics.receivedCount++
        this.#owner.counters.bytesReceived.add(packet.length + 4)
        if (this.#phase === 'new') this.#open(packet)
        else this.#take(packet)
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#owner.counters.connectionsDropped.add()
      if (error.code === 'TOO_LARGE') this.#owner.counters.largeRequestsRejected.add()
      this.#owner.warn(`closed a connection: ${error.message}`, this)
      this.destroy()
    }
  }

  /** A four-letter word may come instead of the first packet, where its letters would be a length beyond all bounds. */
  #takeCommand(): boolean {
    const first = this.#splitter.peekInt32()
    if (first === undefined) return false
    const letters = Buffer.alloc(4)
    letters.writeInt32BE(first)
    const word = letters.toString('latin1')
    if (!this.#owner.isCommand(word)) return false
    this.statistics.receivedCount++
    this.#owner.statistics.receivedCount++
    this.connection.write([Buffer.from(this.#owner.runCommand(word))])
    this.#end()
    return true
  }

  #open(packet: Buffer): void {
    const request = decodeConnectRequest(new ByteReader(packet))
    this.#knowsReadOnly = request.readOnly !== undefined
    this.#phase = 'waitingForSession'
    this.#owner.counters.connectionRequests.add()
    this.connection.pause()
    this.#owner.openSession(this, request)
  }

  #take(packet: Buffer): void {
    const reader = new ByteReader(packet)
    const xid = reader.int32()
    const type = reader.int32()
    this.lastXid = xid
    this.underWayCount++
    if (type === OpCode.auth) return this.#authenticate(xid, reader)
    if (type === OpCode.sasl) return this.#answerSasl(xid, reader)
    if (!this.#hasRequiredIdentity())
      return this.#refuse(
        xid,
        'SESSION_CLOSED_REQUIRE_SASL_AUTH',
        'a request without the authentication that enforce.auth or sessionRequireClientSASLAuth asks for',
      )
    const body = packet.subarray(8)
    // Sessions are created by the first packet of a connection only.
    const allowedType = type === OpCode.createSession ? OpCode.notification : type
    const { sessionId } = this
    this.#owner.submit({ sessionId, xid, type: allowedType, body, client: this, receivedMs: this.#owner.nowMs() })
  }

  #authenticate(xid: number, reader: ByteReader): void {
    const { scheme, auth } = authPacket.decode(reader)
    const { superDigest } = this.#owner
    const identities = authenticate(scheme, auth, { remoteAddress: this.connection.remoteAddress, superDigest })
    if (identities === undefined) {
      return this.#refuse(xid, 'AUTH_FAILED', `authentication with the scheme ${scheme}`)
    }
    for (const identity of identities) this.#addIdentity(identity)
    this.reply(xid, 0n, ZooKeeperErrorCode.OK)
  }

  #addIdentity({ scheme, id }: Id): void {
    const isKnown = this.#identities.some((known) => known.scheme === scheme && known.id === id)
    if (!isKnown) this.#identities.push({ scheme, id })
  }

  #hasRequiredIdentity(): boolean {
    const required = this.#owner.requiredAuthSchemes
    return required === undefined || this.#identities.some(({ scheme }) => required.has(scheme ?? ''))
  }

  /** Says why, and closes: the session stays, for its client to come back. */
  #refuse(xid: number, error: ZooKeeperErrorName, what: string): void {
    this.#owner.counters.authFailed.add()
    this.#owner.warn(`refused ${what}`, this)
    this.reply(xid, 0n, ZooKeeperErrorCode[error])
    this.end()
  }

  /** No token comes back from a server that has no SASL: clients go on without it, or not, as they were told. */
  #answerSasl(xid: number, reader: ByteReader): void {
    const { token } = getSaslRequest.decode(reader)
    let answer: Buffer | null = null
    try {
      this.#sasl ??= this.#owner.createSaslServer()
      answer = this.#sasl?.evaluate(token ?? Buffer.alloc(0)) ?? null
    } catch (error) {
      if (!(error instanceof SaslError)) throw error
      const isRequired = this.#owner.requiredAuthSchemes?.has('sasl') ?? false
      if (isRequired || !this.#owner.allowSaslFailedClients) {
        const code = isRequired ? 'SESSION_CLOSED_REQUIRE_SASL_AUTH' : 'AUTH_FAILED'
        return this.#refuse(xid, code, `SASL authentication: ${error.message}`)
      }
      this.#owner.warn(`goes on with a client whose SASL authentication failed: ${error.message}`, this)
    }
    const user = this.#sasl?.user
    if (user !== undefined) {
      this.#addIdentity({ scheme: 'sasl', id: user })
      if (user === this.#owner.superUser) this.#addIdentity({ scheme: 'super', id: '' })
    }
    this.reply(xid, 0n, ZooKeeperErrorCode.OK, (writer) => setSaslResponse.encode(writer, { token: answer }))
  }

  onSession(id: bigint, timeoutMs: number): void {
    if (this.#phase !== 'waitingForSession') return
    this.sessionId = id
    this.timeoutMs = timeoutMs
    this.#respondToConnect(timeoutMs, id, sessionPassword(id))
    this.#phase = 'open'
    this.resume()
  }

  /** The session is not there any more, or the password is not its own: the client has to begin anew. */
  refuseSession(): void {
    this.#respondToConnect(0, 0n, Buffer.alloc(16))
    this.end()
  }

  #respondToConnect(timeOut: number, sessionId: bigint, passwd: Buffer): void {
    const readOnly = this.#knowsReadOnly ? false : undefined
    this.#send((writer) => encodeConnectResponse(writer, { protocolVersion: 0, timeOut, sessionId, passwd, readOnly }))
  }

  reply(xid: number, zxid: bigint, errorCode: number, body?: ReplyBody): void {
    this.underWayCount--
    this.lastZxid = zxid
    if (this.isClosed) this.#owner.counters.staleReplies.add()
    this.#send((writer) => {
      replyHeader.encode(writer, { xid, zxid, err: errorCode })
      body?.(writer)
    })
  }

  onEvent(type: WatchEventType, path: string, zxid: bigint, acl: readonly Acl[] | undefined): void {
    if (acl !== undefined && !this.#owner.access.isAllowed(acl, Permission.read, this.#identities)) return
    const sizeBytes = this.#send((writer) => {
      replyHeader.encode(writer, { xid: Xid.notification, zxid, err: ZooKeeperErrorCode.OK })
      watcherEvent.encode(writer, { type, state: KeeperState.syncConnected, path })
    })
    this.#owner.counters.watchBytes.add(sizeBytes)
  }

  /** Returns how many bytes that was. */
  #send(body: ReplyBody): number {
    if (this.#phase === 'ended') return 0
    if (this.#writer === undefined) {
      this.#writer = new ByteWriter()
      this.#owner.needsFlush(this)
    }
    const writer = this.#writer
    const length = writer.placeholderInt32()
    const start = writer.sizeBytes
    body(writer)
    const sizeBytes = writer.sizeBytes - start
    length.set(sizeBytes)
    this.statistics.sentCount++
    this.#owner.statistics.addResponse(sizeBytes)
    this.#owner.counters.responseBytes.add(sizeBytes + 4)
    if (writer.sizeBytes > flushSizeBytes) this.flush()
    return sizeBytes + 4
  }

  /** Sends what the turn brought, as one write. */
  flush(): void {
    const writer = this.#writer
    this.#writer = undefined
    if (writer === undefined || this.#phase === 'ended') return
    this.#isBlocked = !this.connection.write(writer.finish())
    if (this.connection.pendingBytes > pendingBytesMax) {
      this.#owner.counters.connectionsDropped.add()
      this.#owner.warn(
        `closed a connection whose client does not read: ${this.connection.pendingBytes} bytes wait for it`,
        this,
      )
      this.destroy()
    }
  }

  end(): void {
    this.flush()
    if (this.#phase !== 'ended') this.#end()
  }

  #end(): void {
    this.#phase = 'ended'
    this.endedMs = this.#owner.nowMs()
    this.connection.end()
  }

  /** Closes at once. */
  destroy(): void {
    this.#phase = 'ended'
    this.connection.destroy()
  }
}
