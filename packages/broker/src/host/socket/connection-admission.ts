import type { Counter, Env, Logger, Timer } from '@odradek/base'
import type { ConnectionLimits } from '../../core/quota/connection-limits.ts'
import type { ClientConnection } from './client-connection.ts'

interface Arrival {
  readonly client: ClientConnection
  readonly listener: string
  readonly address: string
}

/**
 * Lets connections in within the limits. One that comes to a full broker waits unread until another ends, as many at a time as
 * socket.listen.backlog.size; so does one that comes too soon after others. Where it is its address that has had its share, it is closed.
 */
export class ConnectionAdmission {
  readonly #env: Env
  readonly #log: Logger
  readonly #limits: ConnectionLimits
  readonly #waitingMax: number
  readonly #refused: Counter
  /** Those that wait for another to end, in the order in which they came. */
  readonly #waiting = new Set<Arrival>()
  /** Those whose time has not come. */
  readonly #delayed = new Map<ClientConnection, Timer>()
  readonly #open = new Map<ClientConnection, Arrival>()
  /** How many have been let in, by listener. */
  readonly openedByListener = new Map<string, number>()

  constructor(env: Env, log: Logger, limits: ConnectionLimits, waitingMax: number) {
    this.#env = env
    this.#log = log
    this.#limits = limits
    this.#waitingMax = waitingMax
    this.#refused = env.metrics.counter(
      'odradek_socketserver_refused_connections_total',
      'Connections that were closed because a limit was reached.',
    )
  }

  /** How many are open, by listener. */
  get openByListener(): ReadonlyMap<string, number> {
    return this.#limits.openByListener
  }

  get waitingCount(): number {
    return this.#waiting.size + this.#delayed.size
  }

  /** A connection has come; it is held until it is let in. */
  arrived(client: ClientConnection): void {
    const arrival = { client, listener: client.context.listenerName, address: client.connection.remoteAddress }
    if (this.#limits.hasSlot(arrival.listener)) {
      this.#atRate(arrival)
      return
    }
    if (this.#waiting.size >= this.#waitingMax) {
      this.#refuse(arrival, `max.connections are open, and socket.listen.backlog.size=${this.#waitingMax} wait`)
      return
    }
    if (this.#waiting.size === 0) {
      this.#log.warn('New connections wait: as many as max.connections allows are open', { listener: arrival.listener })
    }
    this.#waiting.add(arrival)
  }

  /** The connection is gone. */
  left(client: ClientConnection): void {
    this.#delayed.get(client)?.cancel()
    this.#delayed.delete(client)
    for (const arrival of this.#waiting) if (arrival.client === client) this.#waiting.delete(arrival)
    const arrival = this.#open.get(client)
    if (arrival === undefined) return
    this.#open.delete(client)
    this.#limits.close(arrival.listener, arrival.address)
    this.limitsChanged()
  }

  /** Others may be let in. */
  limitsChanged(): void {
    for (const arrival of this.#waiting) {
      if (!this.#limits.hasSlot(arrival.listener)) continue
      this.#waiting.delete(arrival)
      this.#atRate(arrival)
    }
  }

  #atRate(arrival: Arrival): void {
    const waitMs = this.#limits.recordNew(arrival.listener, this.#env.clock.monotonicMs())
    if (waitMs > 0) this.#after(waitMs, arrival, () => this.#admit(arrival))
    else this.#admit(arrival)
  }

  #admit(arrival: Arrival): void {
    const { client, listener, address } = arrival
    if (!this.#limits.hasSlot(listener)) {
      this.#waiting.add(arrival)
      return
    }
    const waitMs = this.#limits.recordOfAddress(address, this.#env.clock.monotonicMs())
    if (waitMs > 0) {
      this.#after(waitMs, arrival, () =>
        this.#refuse(arrival, 'this address opens more than its connection_creation_rate'),
      )
      return
    }
    const refusal = this.#limits.open(listener, address)
    if (refusal !== undefined) {
      this.#refuse(arrival, refusal)
      return
    }
    this.#open.set(client, arrival)
    this.openedByListener.set(listener, (this.openedByListener.get(listener) ?? 0) + 1)
    client.admit()
  }

  #after(waitMs: number, { client }: Arrival, run: () => void): void {
    const timer = this.#env.timers.after(waitMs, () => {
      this.#delayed.delete(client)
      run()
    })
    this.#delayed.set(client, timer)
  }

  #refuse({ client, listener, address }: Arrival, why: string): void {
    this.#refused.add()
    this.#log.warn(`Connection refused: ${why}`, { client: address, listener })
    client.connection.destroy()
  }
}
