import type { World } from '../world.ts'

const name = 'an answered create or delete of a topic survives'

/** Topics whose names are used once; what was asked for and answered. */
export class TopicRegistry {
  readonly #world: World
  /** By name, how many partitions it was answered to have. */
  readonly #created = new Map<string, number>()
  readonly #maybeDeleted = new Set<string>()
  readonly #deleted = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  created(topic: string, partitionCount: number): void {
    this.#created.set(topic, partitionCount)
  }

  deleting(topic: string): void {
    this.#maybeDeleted.add(topic)
  }

  deleted(topic: string): void {
    this.#deleted.add(topic)
  }

  /** Those that are there as far as we know. */
  get candidates(): string[] {
    return [...this.#created.keys()].filter((topic) => !this.#maybeDeleted.has(topic))
  }

  /** What is wrong with the topics of the cluster, given how many partitions with a leader each has; undefined when they are as they must be. */
  complaint(ledPartitions: ReadonlyMap<string, number>): string | undefined {
    for (const topic of this.candidates) {
      const expected = this.#created.get(topic)
      const led = ledPartitions.get(topic)
      if (led !== expected)
        return `${topic} was created with ${expected} partitions, but ${led ?? 'none'} have a leader`
    }
    const undead = [...this.#deleted].find((topic) => ledPartitions.has(topic))
    return undead === undefined ? undefined : `${undead} was deleted, but is there`
  }

  violate(complaint: string): never {
    this.#world.violate(name, complaint)
  }
}
