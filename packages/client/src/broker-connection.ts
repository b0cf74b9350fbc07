import { assert, ByteReader, ByteWriter, DecodeError, FrameReader } from '@odradek/base'
import type { Connection, Env, Timer, TlsConnectOptions } from '@odradek/base'
import {
  ErrorCode,
  requestHeader,
  requestHeaderVersion,
  responseHeader,
  responseHeaderVersion,
} from '@odradek/kafka-protocol'
import type { Input, Message } from '@odradek/kafka-protocol'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import type { ApiVersionsRequest, ApiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { ClientError } from './client-error.ts'
import type { ClientErrorCode } from './client-error.ts'
import type { ConnectionFailure, ConnectionStage } from './cluster/explain-failure.ts'
import type { Traffic } from './metrics/network-metrics.ts'
import { describeBody } from './request-log.ts'
import type { RequestLog } from './request-log.ts'
import type { RequestObserver, SentRequest } from './request-observer.ts'

const requestTimeoutMsDefault = 30_000
const responseBytesMaxDefault = 256 * 1024 * 1024
/** The correlation id. */
const answerBytesMin = 4
/** They tell what speaks there when it is not Kafka. */
const firstBytesKept = 16

export interface BrokerConnectionOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  /** How long an answer, and the connection itself, may take; default 30 s. */
  readonly requestTimeoutMs?: number
  /** How long opening the connection may take; default: as long as an answer. */
  readonly connectTimeoutMs?: number
  /** A larger answer is refused; default 256 MiB. */
  readonly responseBytesMax?: number
  /** TLS on the connection; default none. */
  readonly tls?: TlsConnectOptions | undefined
  readonly observer?: RequestObserver | undefined
  /** Is told of every request and every answer, with what is in them. */
  readonly requestLog?: RequestLog | undefined
  /** Is told what goes over the connection. */
  readonly traffic?: Traffic | undefined
  /** Makes the error of a connection that fails before it is of use. */
  readonly explain?: ((failure: ConnectionFailure) => ClientError) | undefined
}

interface PendingRequest {
  readonly correlationId: number
  readonly name: string
  readonly sent: SentRequest | undefined
  readonly sentAtMs: number
  readonly deadlineMs: number
  readonly decode: (frame: ByteReader) => void
  readonly reject: (error: ClientError) => void
}

interface DrainWaiter {
  readonly resolve: () => void
  readonly reject: (error: ClientError) => void
}

interface VersionRange {
  readonly minVersion: number
  readonly maxVersion: number
}

/**
 * One connection to one broker. Requests are sent at once, one behind the other, and answered in that order. The first
 * failure ends the connection and all that waits on it: make a new one.
 */
export class BrokerConnection {
  readonly host: string
  readonly port: number
  readonly #env: Env
  readonly #clientId: string
  readonly #requestTimeoutMs: number
  readonly #connection: Connection
  readonly #observer: RequestObserver | undefined
  readonly #traffic: Traffic | undefined
  readonly #requestLog: RequestLog | undefined
  readonly #frames: FrameReader
  /** In the order in which they were sent. */
  readonly #pending: PendingRequest[] = []
  #correlationId = 0
  #timer: Timer | undefined
  #versions: ReadonlyMap<number, VersionRange> | undefined
  #features: ReadonlyMap<string, number> = new Map()
  /** Set once nothing can be sent any more. */
  #failure: ClientError | undefined
  #isBelowMark = true
  readonly #explain: ((failure: ConnectionFailure) => ClientError) | undefined
  #stage: ConnectionStage = 'versions'
  #firstBytes: Buffer | undefined
  /** Requests without an answer that are not out. */
  #drainWaiters: DrainWaiter[] = []
  readonly #closeListeners: ((error: ClientError) => void)[] = []

  private constructor(env: Env, options: BrokerConnectionOptions, connection: Connection) {
    this.host = options.host
    this.port = options.port
    this.#env = env
    this.#clientId = options.clientId
    this.#requestTimeoutMs = options.requestTimeoutMs ?? requestTimeoutMsDefault
    this.#connection = connection
    this.#observer = options.observer
    this.#traffic = options.traffic
    this.#requestLog = options.requestLog
    this.#explain = options.explain
    this.#traffic?.opened()
    const sizeBytesMax = options.responseBytesMax ?? responseBytesMaxDefault
    this.#frames = new FrameReader({ sizeBytesMin: answerBytesMin, sizeBytesMax }, (frame) => this.#answer(frame))
    connection.handle({
      onData: (chunk) => this.#receive(chunk),
      readTarget: () => this.#frames.target,
      onDrain: () => this.#drained(),
      onClose: (error) => this.#fail('DISCONNECTED', 'the broker closed the connection', error),
    })
  }

  /** Opens a connection. Rejects with `ClientError` CANNOT_CONNECT. */
  static async connect(env: Env, options: BrokerConnectionOptions): Promise<BrokerConnection> {
    const { host, port, tls, requestTimeoutMs = requestTimeoutMsDefault, connectTimeoutMs = requestTimeoutMs } = options
    try {
      const target = { host, port, timeoutMs: connectTimeoutMs }
      const connection = await env.network.connect(tls === undefined ? target : { ...target, tls })
      return new BrokerConnection(env, options, connection)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message = why.includes(`:${port}`) ? why : `cannot connect to ${host}:${port}: ${why}`
      const failure: ConnectionFailure = { stage: 'connect', code: 'CANNOT_CONNECT', message, cause: error }
      throw options.explain?.(failure) ?? new ClientError(failure.code, message, { cause: error })
    }
  }

  get isOpen(): boolean {
    return this.#failure === undefined
  }

  /** Requests that wait for their answer. */
  get pendingCount(): number {
    return this.#pending.length
  }

  /**
   * Sends a request in `version` and resolves with its answer. Rejects with `ClientError`. An answer may take `timeoutMs`, counted from when
   * those before it had to be there.
   */
  send<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    version: number,
    value: Input<Request>,
    timeoutMs = this.#requestTimeoutMs,
  ): Promise<Response> {
    return this.#exchange(request, version, value, (body) => response.decode(body, version), timeoutMs)
  }

  #exchange<Request, Response>(
    request: Message<Request>,
    version: number,
    value: Input<Request>,
    decode: (body: ByteReader) => Response,
    timeoutMs = this.#requestTimeoutMs,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const correlationId = this.#write(request, version, value)
      const sentAtMs = this.#env.clock.monotonicMs()
      const headerVersion = responseHeaderVersion(apiKeyOf(request), version)
      this.#pending.push({
        correlationId,
        name: request.name,
        sentAtMs,
        sent: this.#observed(request, version, correlationId),
        // Answers come in order: none is late before the one ahead of it is.
        deadlineMs: Math.max(this.#pending.at(-1)?.deadlineMs ?? 0, this.#env.clock.monotonicMs() + timeoutMs),
        decode: (frame) => {
          const header = responseHeader.decode(frame, headerVersion)
          if (header.correlationId !== correlationId) {
            throw new Error(`answer ${header.correlationId} came where ${correlationId} was due`)
          }
          const sizeBytes = frame.remaining
          const answer = decode(frame)
          this.#requestLog?.({
            kind: 'answered',
            broker: this.#address,
            name: request.name,
            apiVersion: version,
            correlationId,
            durationMs: this.#env.clock.monotonicMs() - sentAtMs,
            sizeBytes,
            body: describeBody(answer),
          })
          resolve(answer)
        },
        reject,
      })
      this.#armTimer()
    })
  }

  /**
   * Sends a request that the broker does not answer (Produce with acks=0). Resolves when there is room for more: at once, or when the network has taken what was
   * written. Rejects with `ClientError` when the connection is gone, or goes before that.
   */
  sendOneWay<Request>(request: Message<Request>, version: number, value: Input<Request>): Promise<void> {
    return new Promise((resolve, reject) => {
      const correlationId = this.#write(request, version, value)
      const sent = this.#observed(request, version, correlationId)
      if (sent !== undefined) this.#observer?.answered?.(sent, 0, 0)
      if (this.#isBelowMark || this.#connection.pendingBytes === 0) resolve()
      else this.#drainWaiters.push({ resolve, reject })
    })
  }

  /** Bytes of requests that the network has not taken yet. */
  get pendingBytes(): number {
    return this.#connection.pendingBytes
  }

  /** Asks the broker which versions it knows (KIP-35, KIP-511); afterwards `versionFor` can tell. */
  async negotiate(software: { name: string; version: string } = { name: 'odradek', version: '0.1.0' }): Promise<void> {
    const value = { clientSoftwareName: software.name, clientSoftwareVersion: software.version }
    let answer = await this.#askVersions(apiVersionsRequest.maxVersion, value)
    if (answer.errorCode === ErrorCode.UNSUPPORTED_VERSION) {
      const own = answer.apiKeys.find(({ apiKey }) => apiKey === apiVersionsRequest.apiKey)
      answer = await this.#askVersions(Math.min(own?.maxVersion ?? 0, apiVersionsRequest.maxVersion), value)
    }
    if (answer.errorCode !== ErrorCode.NONE) {
      throw this.#fail('BAD_RESPONSE', `the broker refused to tell its versions (error code ${answer.errorCode})`)
    }
    this.#versions = new Map(answer.apiKeys.map(({ apiKey, ...range }) => [apiKey, range]))
    this.#features = new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
    this.#stage = 'first request'
    this.#firstBytes = undefined
  }

  /** It has answered more than which versions it knows: both sides get on with each other. */
  get isProven(): boolean {
    return this.#stage === 'in use'
  }

  /** The level that the cluster has settled on for a feature such as `transaction.version` (KIP-584); 0 where it has none. */
  featureLevel(name: string): number {
    return this.#features.get(name) ?? 0
  }

  /** Whether both sides know some version of a request. */
  knows(request: Message<unknown>): boolean {
    const range = this.#versions?.get(apiKeyOf(request))
    return range !== undefined && range.minVersion <= request.maxVersion && range.maxVersion >= request.minVersion
  }

  /** A broker that does not know the version answers in version 0, which begins with the error code as all others do. */
  #askVersions(version: number, value: Input<ApiVersionsRequest>): Promise<ApiVersionsResponse> {
    return this.#exchange(apiVersionsRequest, version, value, (body) => {
      const errorCode = body.buffer.readInt16BE(body.position)
      return apiVersionsResponse.decode(body, errorCode === ErrorCode.UNSUPPORTED_VERSION ? 0 : version)
    })
  }

  /** The newest version of `request` that both sides know, at most `maxVersion`. Throws `ClientError` UNSUPPORTED_VERSION. */
  versionFor(request: Message<unknown>, maxVersion = request.maxVersion): number {
    assert(this.#versions !== undefined, 'negotiate comes before versionFor')
    const range = this.#versions.get(apiKeyOf(request))
    const version = Math.min(request.maxVersion, maxVersion, range?.maxVersion ?? -1)
    if (range === undefined || version < Math.max(request.minVersion, range.minVersion)) {
      const theirs = range === undefined ? 'none' : `${range.minVersion} to ${range.maxVersion}`
      throw new ClientError(
        'UNSUPPORTED_VERSION',
        `${this.#address} knows ${theirs} of ${request.name}, this client ${request.minVersion} to ${request.maxVersion}`,
      )
    }
    return version
  }

  /** Calls the listener once, when the connection ends, whoever ends it. */
  onClose(listener: (error: ClientError) => void): void {
    if (this.#failure === undefined) this.#closeListeners.push(listener)
    else listener(this.#failure)
  }

  /** Ends the connection; what waits is rejected with DISCONNECTED. */
  close(): void {
    this.#stage = 'in use'
    this.#fail('DISCONNECTED', 'this side closed the connection')
  }

  get #address(): string {
    return `${this.host}:${this.port}`
  }

  #observed(request: Message<unknown>, apiVersion: number, correlationId: number): SentRequest | undefined {
    if (this.#observer === undefined) return undefined
    const { name } = request
    const sentAtMs = this.#env.clock.wallMs()
    const broker = this.#address
    return { broker, clientId: this.#clientId, apiKey: apiKeyOf(request), name, apiVersion, correlationId, sentAtMs }
  }

  #write<Request>(request: Message<Request>, version: number, value: Input<Request>): number {
    if (this.#failure !== undefined) throw this.#failure
    const correlationId = this.#correlationId
    this.#correlationId = (correlationId + 1) & 0x7fff_ffff
    const requestApiKey = apiKeyOf(request)
    const writer = new ByteWriter()
    const size = writer.placeholderInt32()
    const header = { requestApiKey, requestApiVersion: version, correlationId, clientId: this.#clientId }
    requestHeader.encode(writer, header, requestHeaderVersion(requestApiKey, version))
    request.encode(writer, value, version)
    size.set(writer.sizeBytes - 4)
    this.#isBelowMark = this.#connection.write(writer.finish())
    this.#traffic?.sent(writer.sizeBytes)
    this.#requestLog?.({
      kind: 'sent',
      broker: this.#address,
      name: request.name,
      apiVersion: version,
      correlationId,
      durationMs: undefined,
      sizeBytes: writer.sizeBytes,
      body: describeBody(value),
    })
    return correlationId
  }

  #drained(): void {
    this.#isBelowMark = true
    const waiters = this.#drainWaiters
    this.#drainWaiters = []
    for (const { resolve } of waiters) resolve()
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== undefined) return
    this.#traffic?.received(chunk.length)
    if (this.#stage === 'versions') this.#firstBytes ??= Buffer.from(chunk.subarray(0, firstBytesKept))
    try {
      const bad = this.#frames.accept(chunk)
      if (bad !== undefined) throw new DecodeError('MALFORMED', `an answer of ${bad.announcedSizeBytes} bytes`)
    } catch (error) {
      this.#fail('BAD_RESPONSE', 'the broker sent what is no answer', error)
    }
  }

  #answer(frame: Buffer): void {
    const [request] = this.#pending
    if (request === undefined) throw new Error('nothing was asked')
    if (request.sent !== undefined) {
      const durationMs = Math.max(0, this.#env.clock.wallMs() - request.sent.sentAtMs)
      this.#observer?.answered?.(request.sent, durationMs, frame.length)
    }
    this.#traffic?.answered(this.#env.clock.monotonicMs() - request.sentAtMs)
    request.decode(new ByteReader(frame))
    this.#pending.shift()
    if (this.#stage === 'first request') this.#stage = 'in use'
  }

  /** One timer, for the request that has waited longest: it is the first whose time is over. */
  #armTimer(): void {
    const [first] = this.#pending
    if (first === undefined || this.#timer !== undefined) return
    this.#timer = this.#env.timers.after(Math.ceil(first.deadlineMs - this.#env.clock.monotonicMs()), () => {
      this.#timer = undefined
      const [oldest] = this.#pending
      if (oldest !== undefined && oldest.deadlineMs <= this.#env.clock.monotonicMs()) {
        if (oldest.sent !== undefined) this.#observer?.timedOut?.(oldest.sent)
        this.#fail('TIMED_OUT', `no answer to ${oldest.name} within ${this.#requestTimeoutMs} ms`)
      } else this.#armTimer()
    })
  }

  #fail(code: ClientErrorCode, why: string, cause?: unknown): ClientError {
    if (this.#failure !== undefined) return this.#failure
    const detail = cause instanceof Error ? `: ${cause.message}` : ''
    const message = `broker ${this.#address}: ${why}${detail}`
    const failure: ConnectionFailure = { stage: this.#stage, code, message, cause, firstBytes: this.#firstBytes }
    const explain = this.#stage === 'in use' ? undefined : this.#explain
    const error = explain?.(failure) ?? new ClientError(code, message, { cause })
    this.#failure = error
    this.#traffic?.closed()
    this.#timer?.cancel()
    this.#connection.destroy()
    for (const request of this.#pending.splice(0)) request.reject(error)
    for (const { reject } of this.#drainWaiters.splice(0)) reject(error)
    for (const listener of this.#closeListeners.splice(0)) listener(error)
    return error
  }
}

function apiKeyOf(request: Message<unknown>): number {
  assert(request.apiKey !== undefined, `${request.name} is a request`)
  return request.apiKey
}
