import type { RateWindow } from './sampled-rate.ts'
import { SampledRate } from './sampled-rate.ts'

/** What limits connections, as it is now. */
export interface ConnectionLimitSettings {
  /** `max.connections` */
  readonly connectionsMax: number
  /** `max.connection.creation.rate`: new connections per second. */
  readonly creationRateMax: number
  /** `max.connections.per.ip` */
  readonly perAddressMax: number
  /** `max.connections.per.ip.overrides`: address → limit. */
  readonly perAddressOverrides: ReadonlyMap<string, number>
  /** What is set for one listener, by its name. */
  readonly listenerLimits: ReadonlyMap<
    string,
    { readonly maxConnections?: number; readonly maxConnectionCreationRate?: number }
  >
  /** The listener of brokers, where clients have another: clients must not be able to shut brokers out. */
  readonly protectedListener: string | undefined
  /** New connections per second of an address (connection_creation_rate). */
  creationRateOf(address: string): number
}

/** So many addresses are remembered with a rate. */
const addressesMax = 10_000

/** Who may open connections, and how many there are (KIP-402, KIP-612). */
export class ConnectionLimits {
  readonly #settings: ConnectionLimitSettings
  readonly #window: RateWindow
  readonly #rate: SampledRate
  readonly #listenerRates = new Map<string, SampledRate>()
  readonly #addressRates = new Map<string, SampledRate>()
  readonly #byListener = new Map<string, number>()
  readonly #byAddress = new Map<string, number>()
  #count = 0

  constructor(settings: ConnectionLimitSettings, window: RateWindow) {
    this.#settings = settings
    this.#window = window
    this.#rate = new SampledRate(window)
  }

  get openByListener(): ReadonlyMap<string, number> {
    return this.#byListener
  }

  /** Whether a connection more may be open; one that comes to a full broker waits until another ends. */
  hasSlot(listener: string): boolean {
    const { listenerLimits, protectedListener, connectionsMax } = this.#settings
    const listenerMax = listenerLimits.get(listener)?.maxConnections ?? Number.POSITIVE_INFINITY
    if ((this.#byListener.get(listener) ?? 0) >= listenerMax) return false
    return listener === protectedListener || this.#count < connectionsMax
  }

  /** Counts a new connection; returns how long it has to wait so that there are not too many per second, in milliseconds. */
  recordNew(listener: string, nowMs: number): number {
    const { creationRateMax, listenerLimits, protectedListener } = this.#settings
    const ofListener = listenerLimits.get(listener)?.maxConnectionCreationRate
    const listenerWaitMs =
      ofListener === undefined ? 0 : recordIn(this.#rateIn(this.#listenerRates, listener), ofListener, nowMs)
    if (listener === protectedListener) return listenerWaitMs
    return Math.max(listenerWaitMs, recordIn(this.#rate, creationRateMax, nowMs))
  }

  /** The same for its address, which is refused after that time when it is above 0. What is refused does not count. */
  recordOfAddress(address: string, nowMs: number): number {
    const limit = this.#settings.creationRateOf(address)
    if (limit === Number.POSITIVE_INFINITY) return 0
    const rate = this.#rateIn(this.#addressRates, address)
    const waitMs = recordIn(rate, limit, nowMs)
    if (waitMs > 0) rate.record(-1, nowMs)
    return waitMs
  }

  /** A connection is open now; returns why it may not be, and then it does not count. */
  open(listener: string, address: string): string | undefined {
    const { perAddressMax, perAddressOverrides } = this.#settings
    const ofAddress = this.#byAddress.get(address) ?? 0
    const max = perAddressOverrides.get(address) ?? perAddressMax
    if (ofAddress >= max) return `this address has max.connections.per.ip=${max} open`
    this.#count++
    this.#byAddress.set(address, ofAddress + 1)
    this.#byListener.set(listener, (this.#byListener.get(listener) ?? 0) + 1)
    return undefined
  }

  /** A connection that was open is no longer. */
  close(listener: string, address: string): void {
    this.#count--
    lower(this.#byAddress, address)
    lower(this.#byListener, listener)
  }

  #rateIn(rates: Map<string, SampledRate>, name: string): SampledRate {
    let rate = rates.get(name)
    if (rate !== undefined) return rate
    if (rates.size >= addressesMax) rates.delete(rates.keys().next().value ?? '')
    rate = new SampledRate(this.#window)
    rates.set(name, rate)
    return rate
  }
}

function recordIn(rate: SampledRate, limit: number, nowMs: number): number {
  rate.record(1, nowMs)
  return rate.excessMs(limit, nowMs)
}

function lower(counts: Map<string, number>, name: string): void {
  const left = (counts.get(name) ?? 1) - 1
  if (left <= 0) counts.delete(name)
  else counts.set(name, left)
}
