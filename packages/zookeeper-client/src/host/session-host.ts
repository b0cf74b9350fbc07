// Runs the session machine over the network and the timers of an Env. Everything it is told to deliver reaches the
// client in one order, the order in which the server sent it.
import { DecodeError, FrameSplitter } from '@odradek/base'
import type { Connection, Env, Logger, Timer, TlsConnectOptions } from '@odradek/base'
import type { ClientState, StateListener } from '../client-state.ts'
import type { ServerAddress } from '../core/connect-string.ts'
import type { SessionMachine } from '../core/session-machine.ts'
import type { SessionEvent, SessionOutput } from '../core/session-protocol.ts'
import type { PendingCall } from './pending-call.ts'

type AnyCall = PendingCall<unknown>
type Output = SessionOutput<AnyCall>

export interface SessionHostOptions {
  readonly env: Env
  readonly log: Logger
  readonly machine: SessionMachine<AnyCall>
  readonly tls?: TlsConnectOptions | undefined
  readonly packetSizeBytesMax: number
  readonly onState: StateListener
}

export class SessionHost {
  readonly #env: Env
  readonly #log: Logger
  readonly #machine: SessionMachine<AnyCall>
  readonly #tls: TlsConnectOptions | undefined
  readonly #packetSizeBytesMax: number
  readonly #onState: StateListener
  /** Counts the connections that were asked for: what an older one still tells is not listened to. */
  #generation = 0
  #connection: Connection | undefined
  #unsent: Buffer[] = []
  #timer: Timer | undefined
  #timerMs = 0
  /** What the client is still to be told, in order. */
  #deliveries: Output[] = []
  /** Promises were settled in this turn: their callers have yet to run. */
  #hasSettled = false

  constructor(options: SessionHostOptions) {
    this.#env = options.env
    this.#log = options.log
    this.#machine = options.machine
    this.#tls = options.tls
    this.#packetSizeBytesMax = options.packetSizeBytesMax
    this.#onState = options.onState
  }

  /** Hands an event to the machine and does what it says. */
  handle(event: SessionEvent<AnyCall>): void {
    for (const output of this.#machine.handle(event, this.#env.clock.monotonicMs())) this.#obey(output)
    this.#setTimer()
    this.#deliver()
  }

  #obey(output: Output): void {
    switch (output.type) {
      case 'open':
        return this.#open(output.server, output.timeoutMs)
      case 'send':
        return this.#send(output.chunks)
      case 'drop':
        return this.#drop()
      default:
        this.#deliveries.push(output)
    }
  }

  #open(server: ServerAddress, timeoutMs: number): void {
    this.#generation += 1
    const generation = this.#generation
    const tls = this.#tls === undefined ? {} : { tls: this.#tls }
    this.#env.network.connect({ ...server, timeoutMs, ...tls }).then(
      (connection) => {
        if (generation === this.#generation) return this.#opened(connection, generation)
        connection.handle({ onData: () => {}, onClose: () => {} })
        connection.destroy()
      },
      (error: unknown) => {
        if (generation !== this.#generation) return
        this.#log.debug('server not reached', { host: server.host, port: server.port, error })
        this.handle({ type: 'lost', reason: `${server.host}:${server.port} was not reached: ${messageOf(error)}` })
      },
    )
  }

  #opened(connection: Connection, generation: number): void {
    const splitter = new FrameSplitter(this.#packetSizeBytesMax)
    this.#connection = connection
    this.#unsent = []
    connection.handle({
      onData: (chunk) => {
        if (generation !== this.#generation) return
        splitter.push(chunk)
        this.#readPackets(splitter, generation)
      },
      onClose: (error) => {
        if (generation !== this.#generation) return
        this.#drop()
        this.handle({ type: 'lost', reason: error === undefined ? 'the server closed the connection' : error.message })
      },
    })
    this.handle({ type: 'opened' })
  }

  #readPackets(splitter: FrameSplitter, generation: number): void {
    try {
      while (generation === this.#generation) {
        const packet = splitter.next()
        if (packet === undefined) return
        this.handle({ type: 'packet', packet })
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#drop()
      this.handle({ type: 'lost', reason: `the server sent what cannot be read: ${error.message}` })
    }
  }

  /** What is sent in one go of the machine, or by several calls in a row, leaves as one write. */
  #send(chunks: readonly Buffer[]): void {
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush())
    this.#unsent.push(...chunks)
  }

  #flush(): void {
    const chunks = this.#unsent
    this.#unsent = []
    if (chunks.length > 0) this.#connection?.write(chunks)
  }

  #drop(): void {
    this.#generation += 1
    this.#unsent = []
    this.#connection?.destroy()
    this.#connection = undefined
  }

  #setTimer(): void {
    const deadlineMs = this.#machine.deadlineMs
    if (deadlineMs === undefined) {
      this.#timer?.cancel()
      this.#timer = undefined
      return
    }
    // A deadline that has only moved on is looked at again when the timer that is set fires: no timer per packet.
    if (this.#timer !== undefined && this.#timerMs <= deadlineMs) return
    this.#timer?.cancel()
    this.#timerMs = deadlineMs
    this.#timer = this.#env.timers.after(deadlineMs - this.#env.clock.monotonicMs(), () => {
      this.#timer = undefined
      this.handle({ type: 'tick' })
    })
  }

  /**
   * A promise that is settled runs its caller later than a callback that is called. So a callback that comes behind an
   * answer waits for the end of the turn, and what comes behind it waits too: nothing overtakes.
   */
  #deliver(): void {
    for (let output = this.#deliveries[0]; output !== undefined; output = this.#deliveries[0]) {
      const isCallback = output.type === 'fired' || output.type === 'state'
      if (isCallback && this.#hasSettled) return
      this.#deliveries.shift()
      if (!isCallback) this.#settled()
      this.#tell(output)
    }
  }

  #settled(): void {
    if (this.#hasSettled) return
    this.#hasSettled = true
    this.#env.timers.endOfTurn(() => {
      this.#hasSettled = false
      this.#deliver()
    })
  }

  #tell(output: Output): void {
    switch (output.type) {
      case 'answered':
        return output.call.answered(output.err, output.body)
      case 'failed':
        return output.call.failed(output.error, output.reason)
      case 'fired':
        return this.#guard(() => output.watch(output.event))
      case 'state':
        return this.#tellState(output.state, output.reason)
    }
  }

  #tellState(state: ClientState, reason: string): void {
    const level = state === 'connected' || state === 'closed' ? 'debug' : 'warn'
    this.#log[level](`session ${state}`, { sessionId: `0x${this.#machine.sessionId.toString(16)}`, reason })
    this.#guard(() => this.#onState(state))
  }

  #guard(callback: () => void): void {
    try {
      callback()
    } catch (error) {
      this.#log.error('a listener of the ZooKeeper client failed', { error })
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
