import { NetworkError } from '@odradek/base'
import type { Connection, HttpHandler } from '@odradek/base'
import type { SeededRandom } from '../seeded-random.ts'
import type { SimulatedMachine } from '../simulated-machine.ts'
import type { SimulatedProcess } from '../simulated-process.ts'
import type { Simulation } from '../simulation.ts'
import { defaultNetworkConditions } from './network-conditions.ts'
import { Path } from './path.ts'
import { SimulatedConnection } from './simulated-connection.ts'

/** A port that somebody listens on. */
export interface OpenPort {
  readonly owner: SimulatedProcess
  readonly isLocalOnly: boolean
  readonly accept: (connection: Connection) => void
  /** Set for an HTTP server, which `fetch` of a machine reaches. */
  readonly http: HttpHandler | undefined
}

interface Joined {
  readonly ends: readonly [SimulatedConnection, SimulatedConnection]
  readonly paths: readonly [Path, Path]
}

/** The wires between all machines: which are open, how long they take, and the connections that run over them. */
export class SimulatedNetwork {
  readonly simulation: Simulation
  readonly conditions = defaultNetworkConditions()
  readonly #random: SeededRandom
  /** By `MACHINE:PORT`. */
  readonly #ports = new Map<string, OpenPort>()
  /** Directions that swallow everything, as `FROM>TO`. */
  readonly #blocked = new Set<string>()
  readonly #joined = new Map<SimulatedConnection, Joined>()
  #ephemeralPort = 32_768

  constructor(simulation: Simulation, random: SeededRandom) {
    this.simulation = simulation
    this.#random = random
  }

  /** Swallows everything between the two groups of machines, both ways or only from the first to the second. */
  partition(from: readonly SimulatedMachine[], to: readonly SimulatedMachine[], ways: 'both' | 'there' = 'both'): void {
    const names = (machines: readonly SimulatedMachine[]): string => machines.map(({ name }) => name).join(', ')
    this.simulation.record(`partition of ${names(from)} from ${names(to)} (${ways})`)
    for (const a of from) {
      for (const b of to) {
        this.#blocked.add(`${a.name}>${b.name}`)
        if (ways === 'both') this.#blocked.add(`${b.name}>${a.name}`)
      }
    }
  }

  /** Opens all ways again. */
  heal(): void {
    if (this.#blocked.size === 0) return
    this.simulation.record('the network heals')
    this.#blocked.clear()
    this.wakeStalled()
  }

  /** Resets every connection with the machine. */
  resetConnections(machine: SimulatedMachine): void {
    this.simulation.record(`connections of ${machine.name} are reset`)
    const isConcerned = ({ ends }: Joined): boolean => ends.some(({ owner }) => owner.machine === machine)
    for (const { ends } of new Set([...this.#joined.values()].filter(isConcerned))) {
      for (const end of ends) end.fail('CONNECTION_RESET', 'reset on the way')
    }
  }

  isOpen(from: SimulatedMachine, to: SimulatedMachine): boolean {
    return to.isPowered && (from === to || !this.#blocked.has(`${from.name}>${to.name}`))
  }

  latencyMs(random: SeededRandom, from: SimulatedMachine, to: SimulatedMachine): number {
    const { latencyMsMin, latencyMsMean } = this.conditions
    const shareOfLocal = from === to ? 0.1 : 1
    return shareOfLocal * (latencyMsMin - latencyMsMean * Math.log(1 - random.float()))
  }

  machineOf(host: string, asker: SimulatedMachine): SimulatedMachine | undefined {
    if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return asker
    for (const machine of this.simulation.machines) {
      if (machine.name === host || machine.address === host) return machine
    }
    return undefined
  }

  /** Opens the port, or any free one for 0; returns which, or undefined if it is taken. */
  openPort(port: number, openPort: OpenPort): number | undefined {
    const { machine } = openPort.owner
    const chosen = port === 0 ? this.ephemeralPort() : port
    const key = `${machine.name}:${chosen}`
    if (this.#ports.has(key)) return undefined
    this.#ports.set(key, openPort)
    return chosen
  }

  closePort(owner: SimulatedProcess, port: number): void {
    const key = `${owner.machine.name}:${port}`
    if (this.#ports.get(key)?.owner === owner) this.#ports.delete(key)
  }

  portOf(machine: SimulatedMachine, port: number, asker: SimulatedMachine): OpenPort | undefined {
    const open = this.#ports.get(`${machine.name}:${port}`)
    return open === undefined || (open.isLocalOnly && asker !== machine) ? undefined : open
  }

  ephemeralPort(): number {
    return ++this.#ephemeralPort
  }

  /** Makes the two ends of a connection from `client` to a port that `server` listens on. */
  join(
    client: SimulatedProcess,
    server: SimulatedProcess,
    port: number,
  ): readonly [SimulatedConnection, SimulatedConnection] {
    const clientSide = { address: client.machine.address, port: this.ephemeralPort() }
    const serverSide = { address: server.machine.address, port }
    const near = new SimulatedConnection(client, clientSide, serverSide)
    const far = new SimulatedConnection(server, serverSide, clientSide)
    const there = new Path(this, this.#random.fork('path'), near, far)
    const back = new Path(this, this.#random.fork('path'), far, near)
    SimulatedConnection.join(near, far, there, back)
    const joined: Joined = { ends: [near, far], paths: [there, back] }
    this.#joined.set(near, joined)
    this.#joined.set(far, joined)
    return joined.ends
  }

  remove(connection: SimulatedConnection): void {
    this.#joined.delete(connection)
  }

  /** Tells `connection`, if the way is open, that there is nobody at the other end. */
  resetFrom(sender: SimulatedMachine, connection: SimulatedConnection): void {
    const receiver = connection.owner.machine
    const delayMs = this.latencyMs(this.#random, sender, receiver)
    this.simulation.schedule(delayMs, `${sender.name} resets a connection of ${receiver.name}`, () => {
      const arrives = connection.owner.isAlive && this.isOpen(sender, receiver)
      if (arrives) connection.fail('CONNECTION_RESET', 'the other side closed the connection abruptly')
    })
  }

  /** The operating system closes what a killed process had open. */
  closeAll(process: SimulatedProcess): void {
    for (const connection of this.#release(process)) connection.closeBySystem()
  }

  /** Nothing of the process is left, and nobody is told. */
  forgetAll(process: SimulatedProcess): void {
    for (const connection of this.#release(process)) connection.forget()
  }

  /** Ways may be open again. */
  wakeStalled(): void {
    for (const { paths } of new Set(this.#joined.values())) {
      for (const path of paths) path.wake()
    }
  }

  /** An HTTP request from a machine to a server in the simulation. */
  fetch(from: SimulatedMachine, request: Request): Promise<Response> {
    const url = new URL(request.url)
    const machine = this.machineOf(url.hostname, from)
    const port = machine === undefined ? undefined : this.portOf(machine, Number(url.port || 80), from)
    const handler = port?.http
    if (port === undefined || handler === undefined) {
      return Promise.reject(new NetworkError('CONNECTION_REFUSED', `no HTTP server at ${url.host}`))
    }
    return new Promise((resolve) => {
      port.owner.schedule(0, `${request.method} ${url.pathname}`, () => {
        const failed = (): Response => new Response('Internal Server Error\n', { status: 500 })
        const answer = async (): Promise<Response> => handler(request)
        void answer().catch(failed).then(resolve)
      })
    })
  }

  #release(process: SimulatedProcess): SimulatedConnection[] {
    for (const [key, port] of this.#ports) {
      if (port.owner === process) this.#ports.delete(key)
    }
    return [...this.#joined.keys()].filter(({ owner }) => owner === process)
  }
}
