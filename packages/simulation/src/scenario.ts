import type { World } from './world.ts'

/** A story that is told differently for each seed, and must end well for all of them. */
export interface Scenario {
  readonly name: string
  /** What plays in it, in one sentence. */
  readonly about: string
  /** Virtual time after which a scenario that is not over counts as stuck. */
  readonly withinMs: number
  /** Resolves when all has been done and checked. */
  run(world: World): Promise<void>
}
