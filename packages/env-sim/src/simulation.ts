import { EventQueue } from './event-queue.ts'
import type { SimulationEvent } from './event-queue.ts'
import { SimulatedNetwork } from './network/simulated-network.ts'
import { SeededRandom } from './seeded-random.ts'
import type { LogCollector } from './simulated-logger.ts'
import { SimulatedMachine } from './simulated-machine.ts'
import { SimulationError } from './simulation-error.ts'
import type { SimulationErrorCode } from './simulation-error.ts'
import { Trace } from './trace.ts'

export interface SimulationOptions {
  /** Everything that happens follows from it. */
  readonly seed: number | string
  /** Called with every event and log line, for a person who replays a seed. */
  readonly print?: (line: string) => void
}

/**
 * A world of machines with one virtual clock. Code under simulation gets a machine's `env`; nothing else of the real
 * world may enter it, so a seed always gives the same history.
 *
 * One event is one turn of one process: its callback, then all promises that it settled. Between events nothing runs.
 */
export class Simulation {
  readonly seed: string
  /** The root of all chance; fork it, one fork per purpose. */
  readonly random: SeededRandom
  readonly network: SimulatedNetwork
  readonly events = new EventQueue()
  readonly trace = new Trace()
  /** Virtual milliseconds since the start. */
  now = 0
  readonly #machines = new Map<string, SimulatedMachine>()
  readonly #print: ((line: string) => void) | undefined
  /** Set when code under simulation failed: nothing goes on after that. */
  #failure: SimulationError | undefined

  constructor(options: SimulationOptions) {
    this.seed = String(options.seed)
    this.random = new SeededRandom(this.seed)
    this.network = new SimulatedNetwork(this, this.random.fork('network'))
    this.#print = options.print
  }

  /** The machine of this name; it comes into being, with a running process, at first use. */
  machine(name: string): SimulatedMachine {
    let machine = this.#machines.get(name)
    if (machine === undefined) {
      const address = `10.0.0.${this.#machines.size + 1}`
      machine = new SimulatedMachine(this, name, address, this.random.fork(`machine ${name}`))
      this.#machines.set(name, machine)
    }
    return machine
  }

  get machines(): Iterable<SimulatedMachine> {
    return this.#machines.values()
  }

  /** Has the world itself do something later, such as a fault. */
  schedule(delayMs: number, label: string, callback: () => void): SimulationEvent {
    return this.events.push(this.now + delayMs, label, undefined, callback)
  }

  /** Resolves after so much virtual time. For scenarios; it does not belong to any machine. */
  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(durationMs, 'sleep', resolve))
  }

  /** Notes what a scenario did or saw: part of the trace and its hash. */
  record(text: string): void {
    this.trace.add(this.now, text)
    this.#print?.(`${this.now.toFixed(3)} ${text}`)
  }

  readonly log: LogCollector = (level, machine, component, message, fields) => {
    const values = Object.entries(fields).map(([key, value]) => ` ${key}=${String(value)}`)
    this.record(`${machine} ${level} ${component}: ${message}${values.join('')}`)
  }

  /** Lets the world go on for so much virtual time. */
  async run(durationMs: number): Promise<void> {
    const untilMs = this.now + durationMs
    await this.#go((next) => next === undefined || next.timeMs > untilMs)
    this.now = untilMs
  }

  /** Lets the world go on until the promise is settled, and settles like it. It must not take longer than `withinMs`. */
  async runUntil<T>(promise: Promise<T>, withinMs = 600_000): Promise<T> {
    const limitMs = this.now + withinMs
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    promise.then(settle, settle)
    await this.#go((next) => isSettled || next === undefined || next.timeMs > limitMs)
    if (isSettled) return promise
    if (this.events.size === 0) throw this.#error('NOTHING_LEFT', 'nothing is left to happen, but it waits for more')
    throw this.#error('TIMED_OUT', `what was waited for did not come within ${withinMs} virtual milliseconds`)
  }

  async #go(isDone: (next: SimulationEvent | undefined) => boolean): Promise<void> {
    const onRejection = (reason: unknown): void => this.#fail(reason)
    process.on('unhandledRejection', onRejection)
    try {
      await settlePromises()
      while (this.#failure === undefined && !isDone(this.events.peek())) {
        if (this.#step()) await settlePromises()
      }
      // What else this turn has broken is still told to this simulation.
      if (this.#failure !== undefined) await settlePromises()
    } finally {
      process.off('unhandledRejection', onRejection)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Runs the next event; false if there was nothing to run in it. */
  #step(): boolean {
    const event = this.events.pop()
    if (event === undefined || event.isCancelled) return false
    const { owner } = event
    if (owner !== undefined) {
      if (!owner.isAlive) return false
      if (owner.busyUntilMs > event.timeMs) {
        this.events.postpone(event, owner.busyUntilMs)
        return false
      }
    }
    this.now = event.timeMs
    this.record(owner === undefined ? event.label : `${owner.name} ${event.label}`)
    try {
      event.callback()
    } catch (error) {
      // A process that died within this turn only runs on to the end of its stack.
      if (owner === undefined || owner.isAlive) this.#fail(error)
    }
    return true
  }

  #fail(reason: unknown): void {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)
    this.#failure ??= this.#error('CALLBACK_FAILED', text, reason)
  }

  #error(code: SimulationErrorCode, text: string, cause?: unknown): SimulationError {
    const recent = this.trace.recent(40).join('\n    ')
    const message = `seed ${this.seed}, at ${this.now.toFixed(3)} ms: ${text}\n  last events:\n    ${recent}`
    return new SimulationError(code, message, { cause })
  }
}

/** Lets all promises run that can. The one place in a simulation that asks Node's event loop for anything. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
