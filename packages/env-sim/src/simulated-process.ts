import { LogLevels, MetricsRegistry } from '@odradek/base'
import type { Env } from '@odradek/base'
import { ProcessDisk } from './disk/process-disk.ts'
import { MachineNetwork } from './network/machine-network.ts'
import type { SimulationEvent } from './event-queue.ts'
import { ProcessTimers } from './process-timers.ts'
import { SimulatedLogger } from './simulated-logger.ts'
import type { SimulatedMachine } from './simulated-machine.ts'
import type { Simulation } from './simulation.ts'

/**
 * One run of a program on a machine. When it is killed its timers, connections and callbacks never run again. Code that is
 * in the middle of a turn then runs on to its end without effect: what it sends goes nowhere, and what it writes goes to a
 * disk that nobody will look at again.
 */
export class SimulatedProcess {
  readonly simulation: Simulation
  readonly machine: SimulatedMachine
  readonly name: string
  readonly env: Env
  isAlive = true
  /** Nothing of this process runs before: it is paused, or was busy. */
  busyUntilMs = 0

  constructor(simulation: Simulation, machine: SimulatedMachine, run: number) {
    this.simulation = simulation
    this.machine = machine
    this.name = `${machine.name}.${run}`
    this.env = {
      clock: machine.clock,
      timers: new ProcessTimers(this),
      random: machine.random.fork('process'),
      network: new MachineNetwork(this),
      disk: new ProcessDisk(this, machine.fileSystem),
      log: new SimulatedLogger(simulation.log, machine.name, '', new LogLevels('info')),
      metrics: new MetricsRegistry(),
    }
  }

  /** Runs the callback in a turn of this process, if it is still alive then. */
  schedule(delayMs: number, label: string, callback: () => void): SimulationEvent {
    return this.simulation.events.push(this.simulation.now + delayMs, label, this, callback)
  }

  /** The process does nothing else for this long, as after a system call that blocks. */
  block(durationMs: number): void {
    this.busyUntilMs = Math.max(this.busyUntilMs, this.simulation.now) + durationMs
  }
}
