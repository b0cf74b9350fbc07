import type { Env, Timer, TlsConnectOptions } from '@odradek/base'
import type { Input, Message } from '@odradek/kafka-protocol'
import { BrokerConnection } from '../broker-connection.ts'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import type { Traffic } from '../metrics/network-metrics.ts'
import type { RequestObserver } from '../request-observer.ts'
import type { Backoff } from './backoff.ts'
import type { BrokerAddress } from './broker-address.ts'
import type { ConnectionNotices } from './connection-notices.ts'
import { explainFailure } from './explain-failure.ts'
import type { ConnectionPlan } from './explain-failure.ts'

/** How connections become trusted; made of the configuration by security/connection-security.ts. */
export interface ConnectionSecurity {
  readonly tls: TlsConnectOptions | undefined
  /**
   * Says to the broker who this client is, on a connection that has negotiated its versions; also again, on one that is in use. Resolves with how
   * many milliseconds the session then lasts (KIP-368), Infinity when it does not end. Rejects with `ClientError` AUTHENTICATION_FAILED.
   */
  readonly authenticate: ((connection: BrokerConnection) => Promise<number>) | undefined
}

/** What a request is made of: the value, or a function of the version that it is sent in. */
export type RequestValue<Request> = Input<Request> | ((version: number, connection: BrokerConnection) => Input<Request>)

export interface SendOptions {
  /** How long the answer may take; default `request.timeout.ms`. */
  readonly timeoutMs?: number
  /** Send in this version at most. */
  readonly maxVersion?: number
}

interface Waiting {
  readonly run: (connection: BrokerConnection) => void
  readonly reject: (error: unknown) => void
}

/** A session is renewed when this share of its life is over, at the latest: early enough for a slow broker. */
const sessionShareMin = 0.85

/**
 * The way to one broker: a connection that is opened when something is to be sent, opened anew after it ended, and closed when idle. Opening means
 * connect, negotiate versions, authenticate. What is sent meanwhile waits, and goes out in its order; when opening fails all of it is rejected, and whoever
 * sent it decides whether to try again. After a failure the next attempt waits for its backoff.
 */
export class BrokerLink {
  readonly address: BrokerAddress
  readonly #env: Env
  readonly #config: CommonConfig
  readonly #security: ConnectionSecurity
  readonly #backoff: Backoff
  readonly #notices: ConnectionNotices
  readonly #plan: ConnectionPlan
  readonly #observer: RequestObserver | undefined
  readonly #traffic: Traffic | undefined
  #connection: BrokerConnection | undefined
  #isOpening = false
  /** Set while nothing may be sent: the session is being renewed, or the broker asked for a pause (KIP-219). */
  #isHeld = false
  readonly #waiting: Waiting[] = []
  #failures = 0
  #lastError: Error | undefined
  /** Since it was opened last, the broker has answered. */
  #isProven = false
  #nextAttemptAtMs = 0
  #renewAtMs = Infinity
  #lastUsedMs = 0
  readonly #timers = new Set<Timer>()
  #idleTimer: Timer | undefined
  #isClosed = false

  constructor(
    env: Env,
    address: BrokerAddress,
    config: CommonConfig,
    security: ConnectionSecurity,
    backoff: Backoff,
    notices: ConnectionNotices,
    advertisedBy: number | undefined,
    observer?: RequestObserver,
    traffic?: Traffic,
  ) {
    this.#env = env
    this.address = address
    this.#config = config
    this.#security = security
    this.#backoff = backoff
    this.#notices = notices
    this.#plan = { protocol: config['security.protocol'], address: this.#addressText, advertisedBy }
    this.#observer = observer
    this.#traffic = traffic
  }

  /** A connection is open and may be sent on at once. */
  get isReady(): boolean {
    return this.#connection !== undefined && !this.#isHeld
  }

  /** Requests that wait for their answer, or to be sent. */
  get pendingCount(): number {
    return this.#waiting.length + (this.#connection?.pendingCount ?? 0)
  }

  /** Why the last attempt failed; undefined once the broker has answered. */
  get lastError(): Error | undefined {
    return this.#lastError
  }

  /** Attempts to connect that have failed since the last one that did not. */
  get failures(): number {
    return this.#failures
  }

  /** From when on (monotonic) the next attempt to connect is made. */
  get nextAttemptAtMs(): number {
    return this.#nextAttemptAtMs
  }

  /** Sends a request in the newest version that both sides know; resolves with the answer. Rejects with `ClientError`. */
  send<Request, Response>(
    request: Message<Request>,
    response: Message<Response>,
    value: RequestValue<Request>,
    options: SendOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const run = (connection: BrokerConnection): void => {
        const version = connection.versionFor(request, options.maxVersion)
        const input = valueFor(value, version, connection)
        connection.send(request, response, version, input, options.timeoutMs).then((answer) => {
          if (!this.#isProven) this.#proven()
          this.#throttle(answer)
          resolve(answer)
        }, reject)
      }
      this.#whenReady({ run, reject })
    })
  }

  /** Sends a request that is not answered. Resolves, when there is room for more, with whether all of it is out. */
  sendOneWay<Request>(
    request: Message<Request>,
    value: RequestValue<Request>,
    options: SendOptions = {},
  ): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const run = (connection: BrokerConnection): void => {
        const version = connection.versionFor(request, options.maxVersion)
        const sent = connection.sendOneWay(request, version, valueFor(value, version, connection))
        sent.then(() => {
          if (!this.#isProven) this.#proven()
          resolve(connection.pendingBytes === 0)
        }, reject)
      }
      this.#whenReady({ run, reject })
    })
  }

  /** Resolves with the open connection, for who has to ask it about versions and features. */
  open(): Promise<BrokerConnection> {
    return new Promise((resolve, reject) => this.#whenReady({ run: resolve, reject }))
  }

  #whenReady(waiting: Waiting): void {
    if (this.#isClosed) return waiting.reject(new ClientError('CLOSED', 'the client is closed'))
    const now = this.#env.clock.monotonicMs()
    this.#lastUsedMs = now
    const connection = this.#connection
    if (connection !== undefined && now >= this.#renewAtMs && !this.#isHeld) this.#renewSession(connection)
    if (connection !== undefined && !this.#isHeld) return start(waiting, connection)
    this.#waiting.push(waiting)
    this.#tellWaiting()
    if (connection === undefined) this.#startOpening(now)
  }

  #startOpening(now: number): void {
    if (this.#isOpening) return
    this.#isOpening = true
    if (now >= this.#nextAttemptAtMs) void this.#open()
    else this.#later(this.#nextAttemptAtMs - now, () => void this.#open())
  }

  async #open(): Promise<void> {
    let connection: BrokerConnection | undefined
    this.#isProven = false
    this.#notices.trying(this.#addressText)
    try {
      connection = await BrokerConnection.connect(this.#env, {
        ...this.address,
        clientId: this.#config['client.id'],
        requestTimeoutMs: this.#config['request.timeout.ms'],
        connectTimeoutMs: this.#config['socket.connection.setup.timeout.ms'],
        tls: this.#security.tls,
        observer: this.#observer,
        traffic: this.#traffic,
        requestLog: this.#config['request.log'],
        explain: (failure) => explainFailure(failure, this.#plan),
      })
      await connection.negotiate()
      await this.#authenticate(connection)
    } catch (error) {
      connection?.close()
      this.#openingFailed(error)
      return
    }
    this.#isOpening = false
    if (this.#isClosed) return connection.close()
    this.#notices.opened(this.#addressText)
    if (this.#security.authenticate !== undefined) this.#proven()
    const opened = connection
    this.#connection = opened
    this.#armIdleTimer()
    opened.onClose((error) => this.#ended(opened, error))
    this.#flush()
  }

  async #authenticate(connection: BrokerConnection): Promise<void> {
    const lifetimeMs = await this.#prove(connection)
    const share = sessionShareMin + (1 - sessionShareMin) * 0.7 * this.#env.random.float()
    this.#renewAtMs = this.#env.clock.monotonicMs() + lifetimeMs * share
  }

  /** How long the session then lasts. */
  async #prove(connection: BrokerConnection): Promise<number> {
    if (this.#security.authenticate === undefined) return Infinity
    try {
      const lifetimeMs = await this.#security.authenticate(connection)
      this.#traffic?.authenticated(true)
      return lifetimeMs
    } catch (error) {
      this.#traffic?.authenticated(false)
      throw error
    }
  }

  /** The broker lets this client in and answers. */
  #proven(): void {
    this.#isProven = true
    this.#failures = 0
    this.#lastError = undefined
    this.#notices.reached(this.#addressText)
  }

  #failed(error: unknown): void {
    this.#failures++
    this.#lastError = error instanceof Error ? error : new Error(String(error))
    this.#notices.failed(this.#addressText, this.#lastError)
    this.#nextAttemptAtMs = this.#env.clock.monotonicMs() + this.#backoff.delayMs(this.#failures)
  }

  get #addressText(): string {
    return `${this.address.host}:${this.address.port}`
  }

  #openingFailed(error: unknown): void {
    this.#isOpening = false
    this.#failed(error)
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #ended(connection: BrokerConnection, error: ClientError): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#isHeld = false
    this.#renewAtMs = Infinity
    this.#idleTimer?.cancel()
    // One that has answered nothing is as good as none.
    if (this.#isProven || connection.isProven)
      this.#nextAttemptAtMs = this.#env.clock.monotonicMs() + this.#backoff.delayMs(1)
    else this.#failed(error)
    // What waited for the session to be renewed, or for a pause to end, was never sent: a new connection takes it.
    if (this.#waiting.length > 0 && !this.#isClosed) this.#startOpening(this.#env.clock.monotonicMs())
  }

  /** Nothing else may be on its way to the broker during the exchange, but answers to what was sent before may still come. */
  #renewSession(connection: BrokerConnection): void {
    this.#isHeld = true
    const renewed = (): void => {
      if (this.#connection !== connection) return
      this.#isHeld = false
      this.#flush()
    }
    this.#authenticate(connection).then(renewed, () => connection.close())
  }

  #throttle(answer: unknown): void {
    const { throttleTimeMs } = answer as { readonly throttleTimeMs?: number }
    const connection = this.#connection
    if (throttleTimeMs === undefined || throttleTimeMs <= 0 || connection === undefined || this.#isHeld) return
    this.#isHeld = true
    this.#later(throttleTimeMs, () => {
      if (this.#connection !== connection) return
      this.#isHeld = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#connection !== undefined && !this.#isHeld) {
      start(this.#waiting.shift() as Waiting, this.#connection)
      this.#tellWaiting()
    }
  }

  #tellWaiting(): void {
    this.#observer?.waiting?.(this.#addressText, this.#config['client.id'], this.#waiting.length)
  }

  #later(delayMs: number, callback: () => void): void {
    const timer = this.#env.timers.after(delayMs, () => {
      this.#timers.delete(timer)
      callback()
    })
    this.#timers.add(timer)
  }

  #armIdleTimer(): void {
    const idleMs = this.#config['connections.max.idle.ms']
    if (idleMs < 0) return
    this.#idleTimer = this.#env.timers.after(idleMs, () => {
      const isIdle = this.pendingCount === 0 && this.#env.clock.monotonicMs() - this.#lastUsedMs >= idleMs
      if (isIdle) this.#connection?.close()
      else this.#armIdleTimer()
    })
  }

  /** Ends the connection; what waits is rejected. Nothing can be sent any more, no timer is left. */
  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
    this.#idleTimer?.cancel()
    this.#connection?.close()
    for (const { reject } of this.#waiting.splice(0)) reject(new ClientError('CLOSED', 'the client is closed'))
  }
}

function valueFor<Request>(
  value: RequestValue<Request>,
  version: number,
  connection: BrokerConnection,
): Input<Request> {
  return typeof value === 'function'
    ? (value as (version: number, connection: BrokerConnection) => Input<Request>)(version, connection)
    : value
}

function start(waiting: Waiting, connection: BrokerConnection): void {
  try {
    waiting.run(connection)
  } catch (error) {
    waiting.reject(error)
  }
}
