// The client's side of a session, or of one after another: which server it is attached to, what is in flight, which watches are armed. It owns the
// rules of the connection and no effect: the host opens, sends, tells the time and hands over what the outputs say, in order.
//
//   idle -start-> opening -opened-> handshaking -answer-> attached -close-> closing -> ended
//                                        |__(SASL) authenticating__^
//                    ^  \______________|____________________|  lost, or silent for too long
//                    |________ waiting <______________________/
import { ByteReader, DecodeError } from '@odradek/base'
import {
  decodeConnectResponse,
  encodeConnectRequest,
  authPacket,
  getSaslRequest,
  OpCode,
  replyHeader,
  SaslError,
  setSaslResponse,
  setWatches,
  setWatches2,
  watcherEvent,
  Xid,
  ZooKeeperErrorCode,
} from '@odradek/zookeeper-protocol'
import type { ConnectResponse, ReplyHeader, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
import type { ClientState } from '../client-state.ts'
import type { Auth, Call } from './call.ts'
import type { Chroot } from './chroot.ts'
import { framed, requestPacket } from './packets.ts'
import type { ServerRotation } from './server-rotation.ts'
import type { SessionEvent, SessionOutput } from './session-protocol.ts'
import { isOneShotOnly, setWatchesBatches } from './set-watches-batches.ts'
import { WatchRegistry } from './watch-registry.ts'

const pingIntervalMsMax = 10_000
const xidMax = 0x7fff_ffff

type Phase = 'idle' | 'waiting' | 'opening' | 'handshaking' | 'authenticating' | 'attached' | 'closing' | 'ended'

/** One SASL exchange as a client leads it. */
export interface SaslExchange {
  readonly initialToken: Buffer
  /** What to send next; undefined: the exchange is done. Throws `SaslError`. */
  evaluate(token: Buffer): Buffer | undefined
}

export interface SessionOptions {
  readonly sessionTimeoutMs: number
  readonly servers: ServerRotation
  readonly chroot: Chroot
  /** Begins the exchange with which every connection has to begin; without it there is none. */
  readonly createSasl?: (() => SaslExchange) | undefined
  /** A session that has expired is followed by a new one, with the identities and the watches of the old. Default: false. */
  readonly renewsSession?: boolean
}

interface InFlight<C> {
  readonly xid: number
  /** Undefined: the closeSession of this machine itself. */
  readonly call: C | undefined
}

export class SessionMachine<C extends Call> {
  readonly #servers: ServerRotation
  readonly #chroot: Chroot
  readonly #watches = new WatchRegistry()
  readonly #auths: Auth<C>[] = []
  readonly #createSasl: (() => SaslExchange) | undefined
  readonly #renewsSession: boolean
  readonly #wantedTimeoutMs: number
  #sasl: SaslExchange | undefined
  #phase: Phase = 'idle'
  /** Final, once the phase is `ended`. */
  #endState: ClientState = 'closed'
  /** Of the session that is, or was last. */
  #sessionId = 0n
  #password: Buffer = Buffer.alloc(16)
  /** There is a session to go on with; otherwise a server is asked for a new one. */
  #hasSession = false
  #timeoutMs: number
  #lastZxid = 0n
  #xid = 0
  /** Calls that wait for a connection, oldest first. */
  #queued: C[] = []
  /** Requests that wait for their reply, in the order in which the server must answer. */
  #inFlight: InFlight<C>[] = []
  #authsInFlight: Auth<C>[] = []
  #lastHeardMs = 0
  #lastSentMs = 0
  /** When the phases waiting, opening, handshaking and closing give up. */
  #phaseDeadlineMs = 0
  #outputs: SessionOutput<C>[] = []

  constructor(options: SessionOptions) {
    this.#servers = options.servers
    this.#chroot = options.chroot
    this.#createSasl = options.createSasl
    this.#renewsSession = options.renewsSession ?? false
    this.#wantedTimeoutMs = options.sessionTimeoutMs
    this.#timeoutMs = options.sessionTimeoutMs
  }

  /** 0 until the first connection; that of a session that has expired until the next one is there. */
  get sessionId(): bigint {
    return this.#sessionId
  }

  /** The timeout that the server has granted, in milliseconds; before that, the one asked for. */
  get sessionTimeoutMs(): number {
    return this.#timeoutMs
  }

  /** Whether the session is over for good, and how. */
  get endState(): ClientState | undefined {
    return this.#phase === 'ended' ? this.#endState : undefined
  }

  /** When to send `tick` next; undefined: never. */
  get deadlineMs(): number | undefined {
    switch (this.#phase) {
      case 'idle':
      case 'ended':
        return undefined
      case 'attached':
        return Math.min(this.#lastHeardMs + this.#readTimeoutMs, this.#lastSentMs + this.#pingIntervalMs)
      default:
        return this.#phaseDeadlineMs
    }
  }

  handle(event: SessionEvent<C>, nowMs: number): readonly SessionOutput<C>[] {
    this.#outputs = []
    this.#dispatch(event, nowMs)
    return this.#outputs
  }

  #dispatch(event: SessionEvent<C>, nowMs: number): void {
    switch (event.type) {
      case 'start':
        if (this.#phase === 'idle') this.#open(nowMs)
        return
      case 'opened':
        return this.#opened(nowMs)
      case 'lost':
        return this.#lost(event.reason, nowMs)
      case 'packet':
        return this.#packet(event.packet, nowMs)
      case 'submit':
        return this.#submit(event.call, nowMs)
      case 'addAuth':
        return this.#addAuth({ scheme: event.scheme, data: event.data, call: event.call }, nowMs)
      case 'unwatch':
        return this.#watches.remove(event.kind, event.path, event.watch)
      case 'close':
        return this.#close(nowMs)
      case 'tick':
        return this.#tick(nowMs)
    }
  }

  /** A third of the timeout is left when it passes: enough to reach another server. */
  get #readTimeoutMs(): number {
    return (this.#timeoutMs * 2) / 3
  }

  get #pingIntervalMs(): number {
    return Math.min(this.#readTimeoutMs / 2, pingIntervalMsMax)
  }

  #open(nowMs: number): void {
    // Every server of the list, and never fewer than three tries, fit into the life that the session has left.
    const timeoutMs = Math.max(1, Math.floor(this.#timeoutMs / Math.max(this.#servers.size, 3)))
    this.#phase = 'opening'
    this.#phaseDeadlineMs = nowMs + timeoutMs
    this.#outputs.push({ type: 'open', server: this.#servers.next(), timeoutMs })
  }

  #opened(nowMs: number): void {
    if (this.#phase !== 'opening') return
    this.#phase = 'handshaking'
    const request = {
      protocolVersion: 0,
      lastZxidSeen: this.#lastZxid,
      timeOut: this.#timeoutMs,
      sessionId: this.#hasSession ? this.#sessionId : 0n,
      passwd: this.#hasSession ? this.#password : Buffer.alloc(16),
      readOnly: false,
    }
    this.#send(
      framed((writer) => encodeConnectRequest(writer, request)),
      nowMs,
    )
  }

  #attach(response: ConnectResponse, nowMs: number): void {
    if (response.timeOut <= 0) return this.#expired(nowMs)
    this.#hasSession = true
    this.#sessionId = response.sessionId
    this.#password = Buffer.from(response.passwd ?? Buffer.alloc(16))
    this.#timeoutMs = response.timeOut
    this.#sasl = this.#createSasl?.()
    if (this.#sasl === undefined) return this.#begin(nowMs)
    this.#phase = 'authenticating'
    this.#phaseDeadlineMs = nowMs + this.#readTimeoutMs
    this.#sendSasl(this.#sasl.initialToken, nowMs)
  }

  /**
   * The next session keeps `#lastZxid`: it begins at no server that is behind what the old one has seen, and its watches are told what changed
   * between the two.
   */
  #expired(nowMs: number): void {
    const reason = 'the server no longer knows the session'
    if (!this.#renewsSession) return this.#end('expired', 'SESSION_EXPIRED', reason, true)
    if (!this.#hasSession) return this.#dropAndLose('the server gave no new session', nowMs)
    this.#hasSession = false
    this.#timeoutMs = this.#wantedTimeoutMs
    this.#servers.succeeded()
    this.#phase = 'waiting'
    this.#phaseDeadlineMs = nowMs + this.#servers.failed()
    this.#outputs.push({ type: 'drop' }, { type: 'state', state: 'expired', reason })
    this.#failAll('SESSION_EXPIRED', reason)
  }

  #sendSasl(token: Buffer, nowMs: number): void {
    this.#send(
      requestPacket(this.#nextXid(), OpCode.sasl, (writer) => getSaslRequest.encode(writer, { token })),
      nowMs,
    )
  }

  #saslAnswered(header: ReplyHeader, body: ByteReader, nowMs: number): void {
    const refused = (why: string): void => this.#end('authFailed', 'AUTH_FAILED', why, true)
    if (header.err !== 0) return refused('the server refused the SASL authentication of this client')
    const { token } = setSaslResponse.decode(body)
    if (token === null)
      return refused('the server has no SASL: give it a JAAS file, or connect without user and password')
    try {
      const next = this.#sasl?.evaluate(token)
      if (next === undefined) this.#begin(nowMs)
      else this.#sendSasl(next, nowMs)
    } catch (error) {
      if (!(error instanceof SaslError)) throw error
      refused(`SASL authentication: ${error.message}`)
    }
  }

  /** The connection is ready: what has to come first, then what waited. */
  #begin(nowMs: number): void {
    this.#sasl = undefined
    this.#phase = 'attached'
    this.#servers.succeeded()
    for (const auth of this.#auths) this.#sendAuth(auth, nowMs)
    for (const batch of setWatchesBatches(this.#watches.paths(), this.#lastZxid)) {
      this.#send(
        isOneShotOnly(batch)
          ? requestPacket(Xid.setWatches, OpCode.setWatches, (writer) => setWatches.encode(writer, batch))
          : requestPacket(Xid.setWatches, OpCode.setWatches2, (writer) => setWatches2.encode(writer, batch)),
        nowMs,
      )
    }
    this.#outputs.push({ type: 'state', state: 'connected', reason: 'attached to a server' })
    const queued = this.#queued
    this.#queued = []
    for (const call of queued) this.#sendCall(call, nowMs)
  }

  #submit(call: C, nowMs: number): void {
    switch (this.#phase) {
      case 'attached':
        return this.#sendCall(call, nowMs)
      case 'closing':
        return this.#fail(call, 'SESSION_EXPIRED', 'the client is closing')
      case 'ended':
        return this.#fail(call, ...this.#endReason())
      default:
        this.#queued.push(call)
    }
  }

  #endReason(): [ZooKeeperErrorName, string] {
    if (this.#endState === 'authFailed') return ['AUTH_FAILED', 'the server refused the authentication of this client']
    return ['SESSION_EXPIRED', this.#endState === 'expired' ? 'the session has expired' : 'the client is closed']
  }

  #addAuth(auth: Auth<C>, nowMs: number): void {
    if (this.#phase === 'ended' && auth.call !== undefined) return this.#fail(auth.call, ...this.#endReason())
    this.#auths.push(auth)
    if (this.#phase === 'attached') this.#sendAuth(auth, nowMs)
  }

  #sendAuth(auth: Auth<C>, nowMs: number): void {
    this.#authsInFlight.push(auth)
    const body = { type: 0, scheme: auth.scheme, auth: auth.data }
    this.#send(
      requestPacket(Xid.auth, OpCode.auth, (writer) => authPacket.encode(writer, body)),
      nowMs,
    )
  }

  #sendCall(call: C, nowMs: number): void {
    const xid = this.#nextXid()
    this.#inFlight.push({ xid, call })
    this.#send(
      requestPacket(xid, call.type, (writer) => call.encode(writer)),
      nowMs,
    )
  }

  #nextXid(): number {
    this.#xid = this.#xid === xidMax ? 1 : this.#xid + 1
    return this.#xid
  }

  #send(chunks: readonly Buffer[], nowMs: number): void {
    this.#lastSentMs = nowMs
    this.#outputs.push({ type: 'send', chunks })
  }

  #packet(packet: Buffer, nowMs: number): void {
    this.#lastHeardMs = nowMs
    const reader = new ByteReader(packet)
    try {
      if (this.#phase === 'handshaking') this.#attach(decodeConnectResponse(reader), nowMs)
      else if (this.#phase === 'authenticating') this.#saslAnswered(replyHeader.decode(reader), reader, nowMs)
      else if (this.#phase === 'attached' || this.#phase === 'closing') {
        this.#reply(replyHeader.decode(reader), reader, nowMs)
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#dropAndLose(`the server sent what cannot be read: ${error.message}`, nowMs)
    }
  }

  #reply(header: ReplyHeader, body: ByteReader, nowMs: number): void {
    switch (header.xid) {
      case Xid.ping:
        return
      case Xid.notification:
        return this.#notification(body)
      case Xid.auth:
        return this.#authAnswered(header, body)
      case Xid.setWatches:
        return this.#seen(header)
      default:
        return this.#answered(header, body, nowMs)
    }
  }

  #seen(header: ReplyHeader): void {
    if (header.zxid > this.#lastZxid) this.#lastZxid = header.zxid
  }

  #notification(body: ByteReader): void {
    const { type, path } = watcherEvent.decode(body)
    const fired = this.#watches.fire(type, path ?? '')
    if (fired === undefined) return
    const event = { type: fired.type, path: this.#chroot.toClient(path ?? '') }
    for (const watch of fired.watches) this.#outputs.push({ type: 'fired', watch, event })
  }

  #authAnswered(header: ReplyHeader, body: ByteReader): void {
    const auth = this.#authsInFlight.shift()
    if (header.err !== 0) {
      return this.#end('authFailed', 'AUTH_FAILED', `the server refused the authentication "${auth?.scheme}"`, true)
    }
    if (auth?.call === undefined) return
    this.#outputs.push({ type: 'answered', call: auth.call, err: 0, body })
    auth.call = undefined
  }

  #answered(header: ReplyHeader, body: ByteReader, nowMs: number): void {
    const next = this.#inFlight[0]
    if (next === undefined || next.xid !== header.xid) {
      return this.#dropAndLose(`the server answered request ${header.xid} instead of ${next?.xid ?? 'none'}`, nowMs)
    }
    this.#inFlight.shift()
    this.#seen(header)
    if (next.call === undefined) return this.#end('closed', 'SESSION_EXPIRED', 'the session is closed', true)
    this.#arm(next.call, header.err)
    this.#outputs.push({ type: 'answered', call: next.call, err: header.err, body })
  }

  /** An exists on a missing node arms too; any other failed read does not. */
  #arm(call: C, err: number): void {
    if (call.watch === undefined) return
    const { kind, path, call: watch } = call.watch
    if (err === 0) this.#watches.add(kind, path, watch)
    else if (err === ZooKeeperErrorCode.NO_NODE && call.type === OpCode.exists) this.#watches.add('exist', path, watch)
  }

  #close(nowMs: number): void {
    if (this.#phase === 'attached') {
      const xid = this.#nextXid()
      this.#inFlight.push({ xid, call: undefined })
      this.#send(requestPacket(xid, OpCode.closeSession), nowMs)
      this.#phase = 'closing'
      this.#phaseDeadlineMs = nowMs + this.#readTimeoutMs
    } else if (this.#phase !== 'closing' && this.#phase !== 'ended') {
      this.#end('closed', 'SESSION_EXPIRED', 'the client was closed while it had no connection', true)
    }
  }

  #tick(nowMs: number): void {
    const deadlineMs = this.deadlineMs
    if (deadlineMs === undefined || nowMs < deadlineMs) return
    switch (this.#phase) {
      case 'waiting':
        return this.#open(nowMs)
      case 'attached':
        if (nowMs >= this.#lastHeardMs + this.#readTimeoutMs) {
          return this.#dropAndLose('the server has been silent for two thirds of the session timeout', nowMs)
        }
        return this.#send(requestPacket(Xid.ping, OpCode.ping), nowMs)
      default:
        return this.#dropAndLose('the server did not answer in time', nowMs)
    }
  }

  #dropAndLose(reason: string, nowMs: number): void {
    this.#outputs.push({ type: 'drop' })
    this.#lost(reason, nowMs)
  }

  #lost(reason: string, nowMs: number): void {
    switch (this.#phase) {
      case 'idle':
      case 'waiting':
      case 'ended':
        return
      case 'closing':
        return this.#end('closed', 'CONNECTION_LOSS', reason, false)
      default: {
        const wasAttached = this.#phase === 'attached'
        this.#phase = 'waiting'
        this.#phaseDeadlineMs = nowMs + this.#servers.failed()
        if (wasAttached) this.#outputs.push({ type: 'state', state: 'disconnected', reason })
        this.#failAll('CONNECTION_LOSS', reason)
      }
    }
  }

  #end(state: ClientState, error: ZooKeeperErrorName, reason: string, drop: boolean): void {
    this.#phase = 'ended'
    this.#endState = state
    if (drop) this.#outputs.push({ type: 'drop' })
    this.#outputs.push({ type: 'state', state, reason })
    this.#failAll(error, reason)
    for (const auth of this.#auths) {
      if (auth.call !== undefined) this.#fail(auth.call, error, reason)
      auth.call = undefined
    }
  }

  #failAll(error: ZooKeeperErrorName, reason: string): void {
    const calls = [...this.#inFlight.map(({ call }) => call), ...this.#queued]
    this.#inFlight = []
    this.#queued = []
    this.#authsInFlight = []
    for (const call of calls) if (call !== undefined) this.#fail(call, error, reason)
  }

  #fail(call: C, error: ZooKeeperErrorName, reason: string): void {
    this.#outputs.push({ type: 'failed', call, error, reason })
  }
}
