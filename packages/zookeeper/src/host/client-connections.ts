import { DecodeError } from '@odradek/base'
import type { Connection, Histogram, Logger, Random } from '@odradek/base'
import type { ConnectRequest, DigestMd5Server, WithReadOnly } from '@odradek/zookeeper-protocol'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'
import type { AccessControl } from '../core/auth/access-control.ts'
import type { Request } from '../core/request.ts'
import { ConnectionThrottle } from '../core/connection-throttle.ts'
import { ClientConnection } from './client-connection.ts'
import type { ConnectionOwner } from './client-connection.ts'
import { isFourLetterWord } from './four-letter-words.ts'
import type { ServerCounters } from './server-metrics.ts'
import { TrafficStatistics } from './server-statistics.ts'

/** A connection that has not asked for a session by then is closed. */
const handshakeTimeoutMs = 10_000
/** One that was closed from here, and whose peer does not close it too, is cut off after this. */
const closeTimeoutMs = 5000

/** What connections ask of the server behind them. */
export interface ConnectionServices {
  readonly config: ZooKeeperServerConfig
  readonly access: AccessControl
  readonly log: Logger
  readonly counters: ServerCounters
  /** Tokens that are taken, each time that somebody asks for a session. */
  readonly tokenDeficit: Histogram
  readonly random: Random
  nowMs(): number
  createSaslServer(): DigestMd5Server | undefined
  outstandingCount(): number
  openSession(connection: ClientConnection, request: ConnectRequest & WithReadOnly): void
  submit(request: Request): void
  runCommand(word: string): string
  /** The connection is gone: its watches too. */
  closed(connection: ClientConnection): void
}

/** All connections of a server: who may connect, who is told to wait, and what has to be sent at the end of a turn. */
export class ClientConnections implements ConnectionOwner {
  readonly #services: ConnectionServices
  readonly #throttle: ConnectionThrottle
  readonly all = new Set<ClientConnection>()
  readonly #bySession = new Map<bigint, ClientConnection>()
  readonly #countByAddress = new Map<string, number>()
  readonly #toFlush = new Set<ClientConnection>()
  readonly #overloaded = new Set<ClientConnection>()
  readonly statistics = new TrafficStatistics()
  #isStopping = false
  /** Of the bodies of large requests that are under way. */
  #largeSizeBytes = 0

  constructor(services: ConnectionServices) {
    this.#services = services
    this.#throttle = new ConnectionThrottle(services.config, () => services.random.float())
  }

  get dropProbability(): number {
    return this.#throttle.dropProbability
  }

  get packetSizeBytesMax(): number {
    return this.#services.config.packetSizeBytesMax
  }

  get counters(): ServerCounters {
    return this.#services.counters
  }

  get superDigest(): string | undefined {
    return this.#services.config.superDigest
  }

  get superUser(): string | undefined {
    return this.#services.config.superUser
  }

  get x509SuperUser(): string | undefined {
    return this.#services.config.x509SuperUser
  }

  get allowSaslFailedClients(): boolean {
    return this.#services.config.allowSaslFailedClients
  }

  get requiredAuthSchemes(): ReadonlySet<string> | undefined {
    return this.#services.config.requiredAuthSchemes
  }

  createSaslServer(): DigestMd5Server | undefined {
    return this.#services.createSaslServer()
  }

  get access(): AccessControl {
    return this.#services.access
  }

  /** Connections so far whose clients showed no certificate, from this machine and from others. */
  readonly plainCounts = { local: 0, remote: 0 }

  accept(connection: Connection): void {
    const { remoteAddress } = connection
    const count = (this.#countByAddress.get(remoteAddress) ?? 0) + 1
    const limit = this.#services.config.maxClientConnections
    const limitOfAll = this.#services.config.maxConnections
    const isOneTooMany = limit > 0 && count > limit
    if (isOneTooMany || (limitOfAll > 0 && this.all.size >= limitOfAll)) {
      this.counters.connectionsRejected.add()
      const why = isOneTooMany ? 'too many from this address (maxClientCnxns)' : 'too many (maxCnxns)'
      this.#services.log.warn(`refused a connection: ${why}`, { remoteAddress })
      connection.handle({ onData: () => undefined, onClose: () => undefined })
      connection.destroy()
      return
    }
    this.#countByAddress.set(remoteAddress, count)
    if (connection.peerSubject === undefined) this.plainCounts[isLoopback(remoteAddress) ? 'local' : 'remote']++
    const client = new ClientConnection(connection, this)
    this.all.add(client)
    connection.handle({
      onData: (chunk) => {
        client.onData(chunk)
        this.flush()
      },
      onDrain: () => {
        client.onDrain()
        this.flush()
      },
      onEnd: () => client.onEnd(),
      onClose: () => client.onClose(),
    })
  }

  closed(client: ClientConnection): void {
    if (!this.all.delete(client)) return
    const { remoteAddress } = client.connection
    const count = (this.#countByAddress.get(remoteAddress) ?? 1) - 1
    if (count === 0) this.#countByAddress.delete(remoteAddress)
    else this.#countByAddress.set(remoteAddress, count)
    this.#toFlush.delete(client)
    this.#overloaded.delete(client)
    if (this.#bySession.get(client.sessionId) === client) this.#bySession.delete(client.sessionId)
    this.#services.closed(client)
  }

  /** From now on this is the session's connection. */
  attach(sessionId: bigint, client: ClientConnection): void {
    this.#bySession.set(sessionId, client)
  }

  /** Closes the session's connection, if there is one, once what was written is out. */
  endSession(sessionId: bigint): void {
    this.#bySession.get(sessionId)?.end()
    this.#bySession.delete(sessionId)
  }

  /** Closes the session's connection at once: its client has come back by another. */
  replace(sessionId: bigint): void {
    this.#bySession.get(sessionId)?.destroy()
    this.#bySession.delete(sessionId)
  }

  /** What comes from now on stays unread: the server is about to close. */
  stopTaking(): void {
    this.#isStopping = true
  }

  /** One request of each connection is always taken, however much is under way for others. */
  mustWait(client: ClientConnection): boolean {
    if (this.#isStopping) return true
    if (client.underWayCount === 0) return false
    return this.#services.outstandingCount() > this.#services.config.outstandingLimit
  }

  /** Throws `DecodeError` when the large packets that are under way leave no room for this one. */
  admitLarge(sizeBytes: number): void {
    const { largeRequestThresholdBytes: threshold, largeRequestsSizeBytesMax: limit } = this.#services.config
    if (threshold < 0 || sizeBytes <= threshold || this.#largeSizeBytes + sizeBytes <= limit) return
    throw new DecodeError('TOO_LARGE', `packet of ${sizeBytes} bytes while others are under way (largeRequestMaxBytes)`)
  }

  /** A request was answered. */
  answered(request: Request, latencyMs: number): void {
    this.statistics.addLatency(latencyMs)
    this.released(request)
  }

  /** It is no longer under way. */
  released({ client, body }: Request): void {
    if (client !== undefined && this.#isLarge(body)) this.#largeSizeBytes -= body.length
  }

  #isLarge(body: Buffer): boolean {
    const threshold = this.#services.config.largeRequestThresholdBytes
    return threshold >= 0 && body.length > threshold
  }

  waitForLoad(client: ClientConnection): void {
    this.#overloaded.add(client)
  }

  /** Lets those go on who were told to wait, when there is room again. */
  resumeWaiting(): void {
    for (const client of this.#overloaded) {
      if (this.mustWait(client)) continue
      this.#overloaded.delete(client)
      client.resume()
    }
  }

  isCommand(word: string): boolean {
    return isFourLetterWord(word)
  }

  runCommand(word: string): string {
    return this.#services.runCommand(word)
  }

  openSession(connection: ClientConnection, request: ConnectRequest & WithReadOnly): void {
    this.#services.tokenDeficit.record(this.#throttle.deficit)
    if (!this.#throttle.admits(request.sessionId !== 0n, this.nowMs())) {
      this.counters.connectionsRejected.add()
      this.warn('closed a connection: too many sessions at once (connection_throttle_tokens)', connection)
      return connection.destroy()
    }
    this.#services.openSession(connection, request)
  }

  submit(request: Request): void {
    if (this.#isLarge(request.body)) this.#largeSizeBytes += request.body.length
    this.#services.submit(request)
  }

  needsFlush(client: ClientConnection): void {
    this.#toFlush.add(client)
  }

  /** Sends what waits on every connection. Called at the end of each turn that may have answered something. */
  flush(): void {
    for (const client of this.#toFlush) client.flush()
    this.#toFlush.clear()
  }

  /** Cuts off those who open a connection and ask for nothing, and those who do not close theirs. Called now and then. */
  closeIdle(): void {
    const nowMs = this.nowMs()
    for (const client of this.all) {
      const isIdle = client.isClosed
        ? client.endedMs < nowMs - closeTimeoutMs
        : !client.hasSession && !client.isOpening && client.establishedMs < nowMs - handshakeTimeoutMs
      if (!isIdle) continue
      if (!client.isClosed) this.counters.sessionlessExpired.add()
      client.destroy()
    }
  }

  /** Cuts off those who read the least while too much waits to be read. Called now and then. */
  closeUnread(): void {
    const waiting = [...this.all].filter(({ connection }) => connection.pendingBytes > 0)
    let sizeBytes = waiting.reduce((total, { connection }) => total + connection.pendingBytes, 0)
    const limit = this.#services.config.unreadSizeBytesMax
    if (sizeBytes <= limit) return
    waiting.sort((a, b) => b.connection.pendingBytes - a.connection.pendingBytes)
    for (const client of waiting) {
      if (sizeBytes <= limit) return
      sizeBytes -= client.connection.pendingBytes
      this.cutOff(client, 'its client does not read (odradek.unreadSizeMaxMiB)')
    }
  }

  cutOff(client: ClientConnection, why: string): void {
    this.counters.connectionsDropped.add()
    this.warn(`closed a connection: ${why}`, client)
    client.destroy()
  }

  closeAll(): void {
    for (const client of this.all) client.end()
  }

  warn(message: string, client: ClientConnection): void {
    const { remoteAddress, remotePort } = client.connection
    this.#services.log.warn(message, { client: `${remoteAddress}:${remotePort}` })
  }

  nowMs(): number {
    return this.#services.nowMs()
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.replace(/^::ffff:/, '').startsWith('127.')
}
