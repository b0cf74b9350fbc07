import { BufferPool } from '@odradek/base'
import type { BadFrameSize, Connection, Env, Listener, Logger, Timer } from '@odradek/base'
import { ConfigError } from '../config/config-error.ts'
import type { SecurityProtocol } from '../config/listener-endpoint.ts'
import { ConnectionLimits } from '../core/quota/connection-limits.ts'
import type { ConnectionLimitSettings } from '../core/quota/connection-limits.ts'
import type { RateWindow } from '../core/quota/sampled-rate.ts'
import type { ConnectionOwner, Dispatch } from './socket/client-connection.ts'
import { ClientConnection } from './socket/client-connection.ts'
import { observeSockets } from './metrics/observe-sockets.ts'
import { ConnectionAdmission } from './socket/connection-admission.ts'
import { guessProtocol } from './socket/guess-protocol.ts'
import { MemoryBudget } from './socket/memory-budget.ts'

/** One address to listen on. */
export interface SocketListenerOptions {
  readonly name: string
  readonly securityProtocol: SecurityProtocol
  readonly host: string
  /** 0 asks for any free port. */
  readonly port: number
  /** True for the listener that brokers use among themselves. */
  readonly isInterBroker: boolean
}

export interface SocketServerOptions {
  readonly listeners: readonly SocketListenerOptions[]
  /** `socket.request.max.bytes` */
  readonly requestSizeBytesMax: number
  /** `connections.max.idle.ms`; not positive: never. */
  readonly idleMsMax: number
  readonly limits: ConnectionLimitSettings
  /** What rates of connections are measured over. */
  readonly rateWindow: RateWindow
  /** `socket.listen.backlog.size`: connections that may wait when no more may be open. */
  readonly waitingConnectionsMax: number
  /** `queued.max.request.bytes`: requests held in memory, on all connections, before reading stops; not positive: the default of this server. */
  readonly requestBytesMax: number
  /** Where the buffers of large requests come from; its own by default. */
  readonly buffers?: BufferPool
}

/** A listener that is open, and as it was asked for. */
interface OpenListener {
  readonly name: string
  readonly options: SocketListenerOptions
  readonly listener: Listener
}

/** Held at most where the configuration sets no limit. */
const defaultRequestBytesMax = 1024 * 1024 * 1024
/** How long a server that stops waits for what it has begun. */
const answerMsMax = 300
/** And then for its connections to end. */
const endMsMax = 500
const sweepIntervalMsMax = 10_000

/**
 * The broker's side of its listeners: accepts connections within the limits, cuts requests out of them, hands each to `dispatch`, and writes the answers,
 * gathered per turn. What does not speak Kafka is named in the log and closed.
 */
export class SocketServer {
  readonly #env: Env
  readonly #log: Logger
  readonly #options: SocketServerOptions
  readonly #connections = new Set<ClientConnection>()
  readonly #admission: ConnectionAdmission
  readonly #memory: MemoryBudget<ClientConnection>
  readonly #owner: ConnectionOwner
  #toFlush: ClientConnection[] = []
  #flushIsScheduled = false
  #listeners: OpenListener[] = []
  /** Changes of listeners, one after the other. */
  #changing: Promise<void> = Promise.resolve()
  #sweep: Timer | undefined
  #connectionCount = 0
  #isClosed = false

  constructor(env: Env, options: SocketServerOptions, dispatch: Dispatch) {
    this.#env = env
    this.#log = env.log.child('socket-server')
    this.#options = options
    this.#memory = new MemoryBudget(options.requestBytesMax > 0 ? options.requestBytesMax : defaultRequestBytesMax)
    const limits = new ConnectionLimits(options.limits, options.rateWindow)
    this.#admission = new ConnectionAdmission(env, this.#log, limits, options.waitingConnectionsMax)
    observeSockets(
      env.metrics,
      this.#admission,
      () => this.#memory.usedBytes,
      () => this.#connections.values().reduce((sum, connection) => sum + connection.queuedCount, 0),
    )
    this.#owner = {
      requestSizeBytesMax: options.requestSizeBytesMax,
      buffers: options.buffers ?? new BufferPool(),
      dispatch,
      nowMs: () => env.clock.monotonicMs(),
      after: (durationMs, callback) => {
        const timer = this.#env.timers.after(durationMs, callback)
        return () => timer.cancel()
      },
      scheduleFlush: (connection) => this.#scheduleFlush(connection),
      reserve: (sizeBytes, connection) => this.#memory.reserve(sizeBytes, connection),
      tryReserve: (sizeBytes, connection) => this.#memory.tryReserve(sizeBytes, connection),
      release: (sizeBytes) => this.#memory.release(sizeBytes),
      badFrame: (connection, bad) => this.#badFrame(connection, bad),
      truncatedFrame: (connection, partial) => this.#truncatedFrame(connection, partial),
      closed: (connection) => this.#closed(connection),
    }
  }

  /**
   * Opens all listeners. Rejects with `ConfigError` for one that it cannot secure, with `NetworkError` for one that it cannot bind,
   * and has then closed what was open already.
   */
  async start(): Promise<void> {
    for (const { name, securityProtocol } of this.#options.listeners) {
      if (securityProtocol === 'PLAINTEXT') continue
      const message = `Listener ${name} asks for ${securityProtocol}, but this broker speaks PLAINTEXT only: map ${name} to PLAINTEXT in listener.security.protocol.map, or remove it from listeners`
      throw new ConfigError('INCONSISTENT', message)
    }
    try {
      for (const options of this.#options.listeners) await this.#open(options)
    } catch (error) {
      await this.close()
      throw error
    }
    this.#armSweep()
  }

  async #open(options: SocketListenerOptions): Promise<void> {
    const listener = await this.#env.network.listen({ host: options.host, port: options.port }, (connection) =>
      this.#accept(connection, options),
    )
    this.#listeners.push({ name: options.name, options, listener })
  }

  /** Closes listeners that are not wanted any more, with their connections, and opens those that are new. Never rejects. */
  changeListeners(wanted: readonly SocketListenerOptions[]): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(wanted))
    return this.#changing
  }

  async #change(wanted: readonly SocketListenerOptions[]): Promise<void> {
    const isSame = (left: SocketListenerOptions, right: SocketListenerOptions): boolean =>
      left.name === right.name && left.host === right.host && left.port === right.port
    const removed = this.#listeners.filter(({ options }) => !wanted.some((other) => isSame(options, other)))
    this.#listeners = this.#listeners.filter((open) => !removed.includes(open))
    for (const { name, listener } of removed) {
      this.#log.info('A listener is closed', { listener: name })
      for (const client of this.#connections) if (client.context.listenerName === name) client.finish()
      await listener.close()
    }
    for (const options of wanted) {
      if (this.#isClosed || this.#listeners.some((open) => isSame(open.options, options))) continue
      try {
        await this.#open(options)
        this.#log.info('A listener is open', { listener: options.name, host: options.host, port: options.port })
      } catch (error) {
        this.#log.error('A listener cannot be opened', { listener: options.name, error })
      }
    }
  }

  /** Where each listener is bound, by its name; the port is the real one where 0 was asked for. */
  get addresses(): ReadonlyMap<string, { host: string; port: number }> {
    return new Map(this.#listeners.map(({ name, listener }) => [name, { host: listener.host, port: listener.port }]))
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Stops accepting; connections that are open go on. */
  async stopAccepting(): Promise<void> {
    const listeners = this.#listeners
    this.#listeners = []
    await Promise.all(listeners.map(async ({ listener }) => listener.close()))
  }

  /**
   * Stops accepting connections and taking requests. Those that were begun are answered if that does not take long (a producer that does
   * not learn what was appended has to send it again), and each connection ends with its last answer.
   */
  async finishRequests(): Promise<void> {
    this.#isClosed = true
    this.#sweep?.cancel()
    const stopped = this.stopAccepting()
    for (const connection of this.#connections) connection.finish()
    await stopped
    await this.#untilAllClosed(answerMsMax)
  }

  /** Closes every connection, after a last while for what is settled by now. */
  async close(): Promise<void> {
    await this.finishRequests()
    for (const connection of this.#connections) connection.close()
    await this.#untilAllClosed(endMsMax)
    for (const connection of this.#connections) connection.connection.destroy()
  }

  #untilAllClosed(timeoutMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#env.timers.after(timeoutMs, resolve)
      this.#onLastClosed = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  #onLastClosed: (() => void) | undefined

  #accept(connection: Connection, listener: SocketListenerOptions): void {
    const address = connection.remoteAddress
    if (this.#isClosed) {
      connection.handle({ onData: () => undefined, onClose: () => undefined })
      connection.destroy()
      return
    }
    const client = new ClientConnection(this.#owner, connection, {
      connectionId: `${connection.localAddress}:${connection.localPort}-${address}:${connection.remotePort}-${this.#connectionCount++}`,
      clientHost: `/${address}`,
      listenerName: listener.name,
      principal: 'User:ANONYMOUS',
      isInterBroker: listener.isInterBroker,
      softwareName: 'unknown',
      softwareVersion: 'unknown',
    })
    this.#connections.add(client)
    connection.handle(client)
    client.hold()
    this.#admission.arrived(client)
  }

  /** The limits of connections have changed. */
  limitsChanged(): void {
    this.#admission.limitsChanged()
  }

  #closed(client: ClientConnection): void {
    this.#connections.delete(client)
    this.#memory.forget(client)
    this.#admission.left(client)
    if (this.#connections.size === 0) this.#onLastClosed?.()
  }

  #scheduleFlush(connection: ClientConnection): void {
    this.#toFlush.push(connection)
    if (this.#flushIsScheduled) return
    this.#flushIsScheduled = true
    this.#env.timers.endOfTurn(() => {
      this.#flushIsScheduled = false
      const connections = this.#toFlush
      this.#toFlush = []
      for (const ready of connections) ready.flush()
    })
  }

  #badFrame(client: ClientConnection, bad: BadFrameSize): void {
    const { requestSizeBytesMax } = this.#options
    const guess = guessProtocol(bad.start)
    const size =
      bad.announcedSizeBytes > requestSizeBytesMax
        ? `a request of ${bad.announcedSizeBytes} bytes is above socket.request.max.bytes=${requestSizeBytesMax}`
        : `a request of ${bad.announcedSizeBytes} bytes cannot be`
    this.#log.warn(`Connection closed: ${guess ?? size}`, {
      client: `${client.connection.remoteAddress}:${client.connection.remotePort}`,
      listener: client.context.listenerName,
      firstBytes: bad.start.toString('hex', 0, 16),
    })
  }

  #truncatedFrame(
    client: ClientConnection,
    { receivedBytes, sizeBytes }: { receivedBytes: number; sizeBytes: number },
  ): void {
    const size = sizeBytes < 0 ? 'part of its size' : `${receivedBytes} of its ${sizeBytes} bytes`
    this.#log.warn(`Connection closed by its client in the middle of a request: after ${size}`, {
      client: `${client.connection.remoteAddress}:${client.connection.remotePort}`,
      listener: client.context.listenerName,
    })
  }

  #armSweep(): void {
    const { idleMsMax } = this.#options
    const intervalMs = Math.max(100, Math.min(sweepIntervalMsMax, idleMsMax > 0 ? idleMsMax / 2 : sweepIntervalMsMax))
    this.#sweep = this.#env.timers.after(intervalMs, () => {
      this.#sweepConnections()
      if (!this.#isClosed) this.#armSweep()
    })
  }

  #sweepConnections(): void {
    const nowMs = this.#env.clock.monotonicMs()
    const { idleMsMax } = this.#options
    for (const client of this.#connections) {
      if (idleMsMax > 0 && nowMs - client.lastActiveMs > idleMsMax && client.isIdle) client.close()
    }
  }
}
