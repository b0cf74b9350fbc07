import type { Env, Logger, Timer } from '@odradek/base'

/** Somebody who has waited so long wants to know what for. */
const firstNoticeMs = 3000
const noticePauseMaxMs = 60_000
/** So many addresses are named in one line. */
const namedMax = 5

interface Trouble {
  readonly sinceMs: number
  triedMs: number
  isUnderWay: boolean
  error: Error | undefined
}

/**
 * Tells the log of addresses that this client tries in vain: after three seconds, and again ever more seldom while that lasts. Addresses that nobody tries any more
 * are not told of.
 */
export class ConnectionNotices {
  readonly #env: Env
  readonly #log: Logger
  readonly #troubles = new Map<string, Trouble>()
  #timer: Timer | undefined
  #pauseMs = firstNoticeMs
  #isClosed = false

  constructor(env: Env, clientId: string) {
    this.#env = env
    this.#log = env.log.child(clientId === '' ? 'client' : `client ${clientId}`)
  }

  /** An attempt to connect begins. */
  trying(address: string): void {
    if (this.#isClosed) return
    const nowMs = this.#env.clock.monotonicMs()
    const trouble = this.#troubles.get(address)
    if (trouble === undefined) {
      this.#troubles.set(address, { sinceMs: nowMs, triedMs: nowMs, isUnderWay: true, error: undefined })
    } else {
      trouble.triedMs = nowMs
      trouble.isUnderWay = true
    }
    if (this.#timer === undefined) this.#arm()
  }

  /** The connection is open; whether it is of use, its first answer will tell. */
  opened(address: string): void {
    const trouble = this.#troubles.get(address)
    if (trouble !== undefined) trouble.isUnderWay = false
  }

  /** The attempt failed, or the connection ended before it was of use. */
  failed(address: string, error: Error): void {
    const trouble = this.#troubles.get(address)
    if (trouble === undefined) return
    trouble.isUnderWay = false
    trouble.error = error
  }

  /** The broker there answers. Others that failed meanwhile were tried in its place: they count again when they are tried again. */
  reached(address: string): void {
    if (!this.#troubles.delete(address)) return
    for (const [other, { isUnderWay }] of this.#troubles) if (!isUnderWay) this.#troubles.delete(other)
    if (this.#troubles.size > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#pauseMs = firstNoticeMs
  }

  /** The last failure of each address that is tried in vain. */
  get failures(): readonly Error[] {
    return [...this.#troubles.values()].flatMap(({ error }) => error ?? [])
  }

  #arm(): void {
    this.#timer = this.#env.timers.after(this.#pauseMs, () => {
      this.#timer = undefined
      this.#tell()
      if (this.#troubles.size > 0) this.#arm()
      else this.#pauseMs = firstNoticeMs
    })
  }

  #tell(): void {
    const nowMs = this.#env.clock.monotonicMs()
    const lasting: string[] = []
    // Addresses are tried in turn, each after a pause.
    const recentMs = firstNoticeMs * this.#troubles.size
    for (const [address, { sinceMs, triedMs, isUnderWay, error }] of this.#troubles) {
      if (!isUnderWay && nowMs - triedMs >= recentMs) this.#troubles.delete(address)
      else if (nowMs - sinceMs >= firstNoticeMs) lasting.push(error?.message ?? `${address}: no answer yet`)
    }
    if (lasting.length === 0) return
    const more = lasting.length > namedMax ? `, and ${lasting.length - namedMax} more` : ''
    this.#log.warn(`Still trying to reach the cluster: ${lasting.slice(0, namedMax).join('. ')}${more}`)
    this.#pauseMs = Math.min(noticePauseMaxMs, this.#pauseMs * 2)
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#troubles.clear()
  }
}
