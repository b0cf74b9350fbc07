import type { SeededRandom, SimulatedMachine } from '@odradek/env-sim'
import type { Service } from './service.ts'
import type { World } from './world.ts'

export type Trouble =
  | 'stop'
  | 'kill'
  | 'power'
  | 'kill-while-writing'
  | 'power-while-writing'
  | 'partition'
  | 'reset'
  | 'pause'
  | 'slow-disk'
  | 'full-disk'
  | 'broken-write'
  | 'clock-jump'

export interface NemesisOptions {
  /** What it may do; the same kind twice is done twice as often. */
  readonly troubles: readonly Trouble[]
  /** On average, between the end of one trouble and the next. */
  readonly calmMsMean: number
}

/** Makes trouble for the services, one kind after the other, some of it at the same time. */
export class Nemesis {
  readonly #world: World
  readonly #random: SeededRandom
  readonly #services: readonly Service[]
  readonly #clients: readonly SimulatedMachine[]
  readonly #options: NemesisOptions

  constructor(
    world: World,
    services: readonly Service[],
    clients: readonly SimulatedMachine[],
    options: NemesisOptions,
  ) {
    this.#world = world
    this.#random = world.random.fork('nemesis')
    this.#services = services
    this.#clients = clients
    this.#options = options
  }

  /** Makes trouble for so long, then takes back what does not pass by itself. */
  async run(durationMs: number): Promise<void> {
    const endMs = this.#world.now + durationMs
    for (;;) {
      const calmMs = -this.#options.calmMsMean * Math.log(1 - this.#random.float())
      if (this.#world.now + calmMs >= endMs) break
      await this.#world.sleep(calmMs)
      this.#trouble(this.#random.pick(this.#options.troubles), this.#random.pick(this.#services))
    }
    await this.#world.sleep(endMs - this.#world.now)
    this.#world.record('nemesis rests')
    this.#world.simulation.network.heal()
    for (const { machine } of this.#services) {
      machine.disk.slowdown = 1
      machine.disk.capacityBytes = Number.POSITIVE_INFINITY
      machine.disk.writesToFail = 0
      machine.disk.crash = undefined
    }
  }

  #trouble(trouble: Trouble, service: Service): void {
    const { machine } = service
    if (!machine.isRunning) return
    this.#world.count(trouble)
    this.#world.record(`nemesis: ${trouble} at ${machine.name}`)
    const random = this.#random
    switch (trouble) {
      case 'stop':
        return service.stop()
      case 'kill':
        return machine.crashProcess()
      case 'power':
        return machine.powerOff()
      case 'kill-while-writing':
        return machine.crashAtDiskOperation(random.integer(50), 'process')
      case 'power-while-writing':
        return machine.crashAtDiskOperation(random.integer(50), 'power')
      case 'partition':
        return this.#partition(machine)
      case 'reset':
        return this.#world.simulation.network.resetConnections(machine)
      case 'pause':
        return machine.pause(random.between(20, 4_000))
      case 'slow-disk':
        machine.disk.slowdown = random.between(5, 100)
        this.#later(random.between(100, 3_000), () => (machine.disk.slowdown = 1))
        return
      case 'full-disk':
        machine.disk.capacityBytes = machine.fileSystem.usedBytes() + random.integer(20_000)
        this.#later(random.between(100, 2_000), () => (machine.disk.capacityBytes = Number.POSITIVE_INFINITY))
        return
      case 'broken-write':
        machine.disk.writesToFail = 1
        return
      case 'clock-jump':
        return machine.clock.jump(Math.round(random.between(-20_000, 20_000)))
    }
  }

  #partition(machine: SimulatedMachine): void {
    const random = this.#random
    const others = this.#clients.filter(() => random.chance(0.6))
    const ways = random.chance(0.7) ? 'both' : 'there'
    const { network } = this.#world.simulation
    if (random.chance(0.5)) network.partition([machine], others, ways)
    else network.partition(others, [machine], ways)
    this.#later(random.between(50, 15_000), () => network.heal())
  }

  #later(delayMs: number, callback: () => void): void {
    this.#world.simulation.schedule(delayMs, 'nemesis', callback)
  }
}
