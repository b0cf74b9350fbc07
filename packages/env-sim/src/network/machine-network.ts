import { NetworkError } from '@odradek/base'
import type { Connection, HttpHandler, Listener, ListenOptions, Network } from '@odradek/base'
import type { SeededRandom } from '../seeded-random.ts'
import type { SimulatedMachine } from '../simulated-machine.ts'
import type { SimulatedProcess } from '../simulated-process.ts'
import type { SimulatedNetwork } from './simulated-network.ts'

const connectTimeoutMsDefault = 60_000
/** A connection attempt that gets no answer is repeated after this, then twice this, and so on. */
const retryMsFirst = 1_000

/** The simulated network as one process sees it. */
export class MachineNetwork implements Network {
  readonly #process: SimulatedProcess
  readonly #random: SeededRandom

  constructor(process: SimulatedProcess) {
    this.#process = process
    this.#random = process.machine.random.fork('connects')
  }

  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Promise<Listener> {
    return this.#listen(options, onConnection, undefined)
  }

  listenHttp(options: ListenOptions, handler: HttpHandler): Promise<Listener> {
    return this.#listen(options, (connection) => connection.destroy(), handler)
  }

  hostname(): string {
    return this.#process.machine.name
  }

  connect(options: { host: string; port: number; timeoutMs?: number }): Promise<Connection> {
    const { host, port, timeoutMs = connectTimeoutMsDefault } = options
    return new Promise((resolve, reject) => {
      const remote = this.#network.machineOf(host, this.#process.machine)
      if (remote === undefined) {
        const error = new NetworkError('HOST_UNKNOWN', `cannot connect to ${host}:${port}: no such machine`)
        this.#process.schedule(0, `does not find ${host}`, () => reject(error))
        return
      }
      const attempt = new Attempt(this.#process, this.#random, remote, port, resolve, reject)
      attempt.start(timeoutMs)
    })
  }

  get #network(): SimulatedNetwork {
    return this.#process.simulation.network
  }

  #listen(
    { host, port }: ListenOptions,
    accept: (connection: Connection) => void,
    http: HttpHandler | undefined,
  ): Promise<Listener> {
    if (!this.#process.isAlive) return new Promise(() => {})
    const isLocalOnly = host === '127.0.0.1' || host === 'localhost' || host === '::1'
    const open = this.#network.openPort(port, { owner: this.#process, isLocalOnly, accept, http })
    return new Promise((resolve, reject) => {
      if (open === undefined) {
        const error = new NetworkError('ADDRESS_IN_USE', `cannot listen on ${host}:${port}: somebody listens there`)
        this.#process.schedule(0, `cannot listen on ${port}`, () => reject(error))
        return
      }
      const close = (): Promise<void> => {
        this.#network.closePort(this.#process, open)
        return new Promise((closed) => this.#process.schedule(0, `stops listening on ${open}`, closed))
      }
      this.#process.schedule(0, `listens on ${open}`, () => resolve({ host, port: open, close }))
    })
  }
}

/** One call of `connect`: tries until somebody answers or the time is over. */
class Attempt {
  readonly #process: SimulatedProcess
  readonly #random: SeededRandom
  readonly #remote: SimulatedMachine
  readonly #port: number
  readonly #resolve: (connection: Connection) => void
  readonly #reject: (error: Error) => void
  #isOver = false

  constructor(
    process: SimulatedProcess,
    random: SeededRandom,
    remote: SimulatedMachine,
    port: number,
    resolve: (connection: Connection) => void,
    reject: (error: Error) => void,
  ) {
    this.#process = process
    this.#random = random
    this.#remote = remote
    this.#port = port
    this.#resolve = resolve
    this.#reject = reject
  }

  start(timeoutMs: number): void {
    const timeout = this.#process.schedule(timeoutMs, 'connect times out', () => {
      this.#finish(() => this.#reject(this.#error('TIMED_OUT', `no answer within ${timeoutMs} ms`)))
    })
    this.#onFinish = () => (timeout.isCancelled = true)
    this.#try(retryMsFirst)
  }

  #onFinish: () => void = () => {}

  /** Sends the first packet; it, or the answer to it, may be swallowed. */
  #try(retryMs: number): void {
    if (this.#isOver || !this.#process.isAlive) return
    const { simulation, machine } = this.#process
    const { network } = simulation
    simulation.schedule(this.#latencyMs(), `${machine.name} calls ${this.#remote.name}:${this.#port}`, () => {
      const isReached = network.isOpen(machine, this.#remote) && network.isOpen(this.#remote, machine)
      if (!isReached) simulation.schedule(retryMs, `${machine.name} calls again`, () => this.#try(2 * retryMs))
      else if (!this.#isOver && this.#process.isAlive) this.#reach()
    })
  }

  #reach(): void {
    const { network } = this.#process.simulation
    const open = network.portOf(this.#remote, this.#port, this.#process.machine)
    if (open === undefined) {
      this.#process.schedule(this.#latencyMs(), 'is refused', () => {
        const error = this.#error('CONNECTION_REFUSED', 'nothing listens there: is the server running, on that port?')
        this.#finish(() => this.#reject(error))
      })
      return
    }
    const [near, far] = network.join(this.#process, open.owner, this.#port)
    open.owner.schedule(0, `accepts ${this.#process.machine.name}:${near.localPort}`, () => {
      if (!far.isClosed) open.accept(far)
    })
    this.#process.schedule(this.#latencyMs(), `is connected to ${this.#remote.name}:${this.#port}`, () => {
      if (this.#isOver) near.destroy()
      else this.#finish(() => this.#resolve(near))
    })
  }

  #finish(settle: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onFinish()
    settle()
  }

  #latencyMs(): number {
    return this.#process.simulation.network.latencyMs(this.#random, this.#process.machine, this.#remote)
  }

  #error(code: 'TIMED_OUT' | 'CONNECTION_REFUSED', why: string): NetworkError {
    return new NetworkError(code, `cannot connect to ${this.#remote.name}:${this.#port}: ${why}`)
  }
}
