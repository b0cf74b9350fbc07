import type { SeededRandom } from '../seeded-random.ts'
import type { SimulatedMachine } from '../simulated-machine.ts'
import type { Segment } from './segment.ts'
import type { SimulatedConnection } from './simulated-connection.ts'
import type { SimulatedNetwork } from './simulated-network.ts'

/** A lost segment is sent again after this. */
const retransmitMsMin = 200
/** How long a sender tries to get through before it gives the connection up. */
const giveUpMsMin = 8_000
const giveUpMsMax = 25_000

/**
 * One direction of a connection. Segments arrive in order; one that is lost holds up those behind it, and while the way is
 * blocked they wait until it is open again or the sender gives up.
 */
export class Path {
  readonly #network: SimulatedNetwork
  readonly #random: SeededRandom
  readonly #from: SimulatedConnection
  readonly #to: SimulatedConnection
  #lastArrivalMs = 0
  readonly #stalled: Segment[] = []

  constructor(network: SimulatedNetwork, random: SeededRandom, from: SimulatedConnection, to: SimulatedConnection) {
    this.#network = network
    this.#random = random
    this.#from = from
    this.#to = to
  }

  /** How much of `length` bytes goes into the next segment. */
  cut(length: number): number {
    const isCut = length > 1 && this.#random.chance(this.#network.conditions.splitProbability)
    return isCut ? 1 + this.#random.integer(length - 1) : length
  }

  send(segment: Segment): void {
    const { simulation, conditions } = this.#network
    if (!this.#isLocal && this.#random.chance(conditions.resetProbability)) return this.#reset()
    let delayMs = this.#network.latencyMs(this.#random, this.#fromMachine, this.#toMachine)
    if (!this.#isLocal && this.#random.chance(conditions.lossProbability)) delayMs += retransmitMsMin + delayMs
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, simulation.now + delayMs)
    this.#schedule(this.#lastArrivalMs - simulation.now, () => this.#arrive(segment))
  }

  /** The sender closed its socket at once: in good order from here on if nothing was left unread, at times. */
  closeAbruptly(hasUnread: boolean): void {
    if (hasUnread || this.#random.chance(0.5)) this.#sendReset()
    else this.send({ kind: 'end' })
  }

  /** The way may be open again: what waits is sent again, a little later. */
  wake(): void {
    if (this.#stalled.length === 0) return
    this.#schedule(this.#random.between(1, retransmitMsMin), () => {
      if (!this.#isOpen) return
      for (const segment of this.#stalled.splice(0)) this.#deliver(segment)
    })
  }

  #arrive(segment: Segment): void {
    if (this.#isOpen && this.#stalled.length === 0) return this.#deliver(segment)
    this.#stalled.push(segment)
    if (this.#stalled.length > 1) return
    this.#schedule(this.#random.between(giveUpMsMin, giveUpMsMax), () => {
      if (this.#stalled.length === 0) return
      this.#stalled.length = 0
      this.#from.fail('TIMED_OUT', 'what was sent is not acknowledged')
    })
  }

  #deliver(segment: Segment): void {
    if (!this.#to.arrive(segment)) this.#network.resetFrom(this.#toMachine, this.#from)
  }

  #sendReset(): void {
    this.#network.resetFrom(this.#fromMachine, this.#to)
  }

  #reset(): void {
    this.#from.fail('CONNECTION_RESET', 'reset on the way')
    this.#sendReset()
  }

  #schedule(delayMs: number, callback: () => void): void {
    const label = `${this.#fromMachine.name}:${this.#from.localPort} > ${this.#toMachine.name}:${this.#to.localPort}`
    this.#network.simulation.schedule(delayMs, label, callback)
  }

  get #fromMachine(): SimulatedMachine {
    return this.#from.owner.machine
  }

  get #toMachine(): SimulatedMachine {
    return this.#to.owner.machine
  }

  get #isLocal(): boolean {
    return this.#fromMachine === this.#toMachine
  }

  get #isOpen(): boolean {
    return this.#network.isOpen(this.#fromMachine, this.#toMachine)
  }
}
