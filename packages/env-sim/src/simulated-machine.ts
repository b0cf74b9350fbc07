import type { Env } from '@odradek/base'
import type { DiskConditions } from './disk/disk-conditions.ts'
import { defaultDiskConditions } from './disk/disk-conditions.ts'
import { FileSystem } from './disk/file-system.ts'
import { MachineClock } from './machine-clock.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedProcess } from './simulated-process.ts'
import type { Simulation } from './simulation.ts'
import { SimulationError } from './simulation-error.ts'

const clockOffMsMax = 200

/** A machine: a disk and clocks that outlive its processes, of which one at a time runs. */
export class SimulatedMachine {
  readonly simulation: Simulation
  readonly name: string
  /** Its address in the simulated network; `name` resolves to it. */
  readonly address: string
  readonly random: SeededRandom
  readonly clock: MachineClock
  /** How its disk behaves; change it at any time. */
  readonly disk: DiskConditions = defaultDiskConditions()
  fileSystem: FileSystem
  /** Undefined while no process runs. */
  process: SimulatedProcess | undefined
  /** False from `powerOff` until `restart`: nothing answers, not even the operating system. */
  isPowered = true
  /** Called whenever the process has died, e.g. to start another one later. */
  onStop: (() => void) | undefined
  #runs = 0

  constructor(simulation: Simulation, name: string, address: string, random: SeededRandom) {
    this.simulation = simulation
    this.name = name
    this.address = address
    this.random = random
    this.clock = new MachineClock(simulation, Math.round(random.between(-clockOffMsMax, clockOffMsMax)))
    this.fileSystem = new FileSystem()
    this.process = new SimulatedProcess(simulation, this, ++this.#runs)
  }

  /** The world as the running process sees it. */
  get env(): Env {
    return this.#running('no process runs: call restart first').env
  }

  get isRunning(): boolean {
    return this.process !== undefined
  }

  /** In how many milliseconds each timer of the running process is due: none where it has nothing more to do of itself. */
  get pendingTimersMs(): readonly number[] {
    const process = this.#running('no process runs that could have timers')
    const { events, now } = this.simulation
    return [...events]
      .filter(({ owner, label, isCancelled }) => owner === process && label === 'timer' && !isCancelled)
      .map(({ timeMs }) => timeMs - now)
      .sort((left, right) => left - right)
  }

  /** As `kill -9`: connections are closed by the operating system, what was written stays. */
  crashProcess(): void {
    const process = this.#running('no process runs that could crash')
    this.simulation.record(`${process.name} is killed`)
    this.fileSystem = this.fileSystem.afterProcessCrash()
    this.#stop(process)
    this.simulation.network.closeAll(process)
  }

  /** Pulls the plug: nobody is told, and what was not synced is lost in any part. Also for a machine without a process. */
  powerOff(): void {
    this.simulation.record(`${this.name} loses power`)
    this.fileSystem = this.fileSystem.afterPowerLoss(this.random)
    this.isPowered = false
    if (this.process === undefined) return
    const process = this.process
    this.#stop(process)
    this.simulation.network.forgetAll(process)
  }

  /** Crashes within the disk operation that comes after `operations` more of them, so also between two calls of one turn. */
  crashAtDiskOperation(operations: number, kind: 'process' | 'power'): void {
    this.disk.crash = {
      afterOperations: operations,
      crash: () => (kind === 'power' ? this.powerOff() : this.crashProcess()),
    }
  }

  /** A new process on the same disk; the one that ran, if any, is killed first. */
  restart(): Env {
    if (this.process !== undefined) this.crashProcess()
    this.disk.crash = undefined
    this.isPowered = true
    this.process = new SimulatedProcess(this.simulation, this, ++this.#runs)
    this.simulation.record(`${this.process.name} starts`)
    this.simulation.network.wakeStalled()
    return this.process.env
  }

  /** The process does nothing for this long (a long garbage collection, a machine that swaps). */
  pause(durationMs: number): void {
    this.simulation.record(`${this.name} pauses`)
    this.#running('no process runs that could pause').block(durationMs)
  }

  /** Asks an HTTP server in the simulation, as another program on this machine would. */
  fetch(request: Request): Promise<Response> {
    return this.simulation.network.fetch(this, request)
  }

  #running(complaint: string): SimulatedProcess {
    if (this.process === undefined) throw new SimulationError('MISUSED', `${this.name}: ${complaint}`)
    return this.process
  }

  #stop(process: SimulatedProcess): void {
    this.disk.crash = undefined
    process.isAlive = false
    this.process = undefined
    this.onStop?.()
  }
}
