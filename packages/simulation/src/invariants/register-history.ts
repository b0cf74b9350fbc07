import type { World } from '../world.ts'

const name = 'an answered ZooKeeper write survives and each session sees its own order'

interface Register {
  /** The newest version whose write was answered. */
  answeredVersion: number
  /** By version, what was answered as written. */
  readonly answered: Map<number, Buffer>
  /** By version, what may have been written. */
  readonly attempted: Map<number, Buffer[]>
}

/**
 * Nodes that have one writer each, which only writes over the version that it knows. So every version has one content, a
 * read shows no version older than the last that was answered before the read began, nor one older than its session has seen.
 */
export class RegisterHistory {
  readonly #world: World
  readonly #registers = new Map<string, Register>()

  constructor(world: World) {
    this.#world = world
  }

  attempt(path: string, version: number, content: Buffer): void {
    const { attempted } = this.#register(path)
    const contents = attempted.get(version)
    if (contents === undefined) attempted.set(version, [content])
    else contents.push(content)
  }

  answer(path: string, version: number, content: Buffer): void {
    const register = this.#register(path)
    const other = register.answered.get(version)
    if (other !== undefined && !other.equals(content)) this.#violate(`version ${version} of ${path} was written twice`)
    register.answered.set(version, content)
    register.answeredVersion = Math.max(register.answeredVersion, version)
  }

  /** The oldest version that a read that begins now may show. */
  floor(path: string): number {
    return this.#register(path).answeredVersion
  }

  read(path: string, version: number, content: Buffer, floor: number): void {
    const { answered, attempted } = this.#register(path)
    if (version < floor) this.#violate(`${path} shows version ${version} after version ${floor} was answered`)
    const known = answered.get(version)
    const possible = known === undefined ? (attempted.get(version) ?? []) : [known]
    if (version > 0 && !possible.some((one) => one.equals(content))) {
      this.#violate(`${path} shows at version ${version} what nobody wrote there (${content.length} bytes)`)
    }
  }

  /** A read says that there is no such node, but there always is. */
  missing(path: string): never {
    this.#violate(`${path} was created, but is not there`)
  }

  get paths(): Iterable<string> {
    return this.#registers.keys()
  }

  #register(path: string): Register {
    let register = this.#registers.get(path)
    if (register === undefined) {
      register = { answeredVersion: 0, answered: new Map(), attempted: new Map() }
      this.#registers.set(path, register)
    }
    return register
  }

  #violate(what: string): never {
    return this.#world.violate(name, what)
  }
}
