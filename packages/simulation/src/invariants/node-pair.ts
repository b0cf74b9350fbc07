import type { World } from '../world.ts'

const name = 'a multi is done as a whole or not at all'

/** Two nodes that are only ever written together, by a multi. */
export class NodePair {
  readonly #world: World
  readonly paths: readonly [string, string]

  constructor(world: World, paths: readonly [string, string]) {
    this.#world = world
    this.paths = paths
  }

  /** One session read the first, and then the second. */
  read(firstVersion: number, secondVersion: number): void {
    if (secondVersion < firstVersion) this.#violate(firstVersion, secondVersion)
  }

  /** When nobody writes. */
  rest(firstVersion: number, secondVersion: number): void {
    if (firstVersion !== secondVersion) this.#violate(firstVersion, secondVersion)
  }

  #violate(firstVersion: number, secondVersion: number): never {
    const [first, second] = this.paths
    return this.#world.violate(name, `${first} is at version ${firstVersion}, ${second} at ${secondVersion}`)
  }
}
