import type { World } from '../world.ts'

const name = 'committed offsets never go back'

/** The positions of one group: what a commit was answered for is what a later look must show, or more. */
export class CommittedOffsets {
  readonly #world: World
  readonly #label: string
  readonly #answered = new Map<string, number>()

  constructor(world: World, label: string) {
    this.#world = world
    this.#label = label
  }

  answer(partition: string, offset: number): void {
    const before = this.#answered.get(partition) ?? -1
    this.#answered.set(partition, Math.max(before, offset))
  }

  /** What a look that begins now must show at least; -1 where nothing was committed for sure. */
  floor(partition: string): number {
    return this.#answered.get(partition) ?? -1
  }

  fetched(partition: string, offset: number, floor: number): void {
    if (offset < floor)
      this.#world.violate(name, `${this.#label} is at ${offset} of ${partition} after ${floor} was committed`)
    // Seen by one is seen by all: a commit whose answer was lost counts from the first look on.
    this.answer(partition, offset)
  }
}
