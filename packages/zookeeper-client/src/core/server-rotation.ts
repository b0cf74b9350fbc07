import type { ServerAddress } from './connect-string.ts'

const delayMsMax = 1000
const firstDelayMsMax = 50

/** Which server to try next, and how long to wait before: the list round and round, waiting longer after each round that failed. */
export class ServerRotation {
  readonly #servers: readonly ServerAddress[]
  readonly #chance: () => number
  #next = 0
  #failures = 0

  /** The servers in the order in which they are to be tried; `chance` draws from [0, 1). */
  constructor(servers: readonly ServerAddress[], chance: () => number) {
    this.#servers = servers
    this.#chance = chance
  }

  get size(): number {
    return this.#servers.length
  }

  next(): ServerAddress {
    const server = this.#servers[this.#next % this.#servers.length] as ServerAddress
    this.#next += 1
    return server
  }

  /** A server has answered: the next loss is the first again. */
  succeeded(): void {
    this.#failures = 0
  }

  /** Counts a failure. Returns how long to wait before the next try: spread by chance, so that the clients of a server that died do not come back as one. */
  failed(): number {
    const rounds = Math.floor(this.#failures / this.#servers.length)
    this.#failures += 1
    return this.#chance() * Math.min(delayMsMax, firstDelayMsMax * 2 ** Math.min(rounds, 10))
  }
}
