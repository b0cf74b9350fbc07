import type { World } from '../world.ts'

const name = 'an answered create or delete survives, and no sequence number is given twice'
const contentName = 'a node holds what somebody wrote'

/** Sequential nodes below one parent, created and deleted by many. */
export class NumberedNodes {
  readonly #world: World
  readonly #created = new Set<string>()
  /** Where a delete was sent, answered or not. */
  readonly #maybeDeleted = new Set<string>()
  readonly #deleted = new Set<string>()
  /** Every node was to have a content of its own. */
  readonly #contents = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  creating(content: Buffer): void {
    this.#contents.add(content.toString('latin1'))
  }

  /** A node, answered for or not, has this content. */
  holds(path: string, content: Buffer): void {
    if (!this.#contents.has(content.toString('latin1'))) {
      this.#world.violate(contentName, `${path} has ${content.length} bytes that nobody wrote`)
    }
  }

  created(path: string): void {
    if (this.#created.has(path)) this.#world.violate(name, `${path} was created twice`)
    this.#created.add(path)
  }

  deleting(path: string): void {
    this.#maybeDeleted.add(path)
  }

  deleted(path: string): void {
    this.#deleted.add(path)
  }

  /** One that was created and not deleted by us, as far as we know. */
  get candidates(): string[] {
    return [...this.#created].filter((path) => !this.#maybeDeleted.has(path))
  }

  /** What was answered before the listing began. */
  snapshot(): { present: ReadonlySet<string>; gone: ReadonlySet<string> } {
    return { present: new Set(this.candidates), gone: new Set(this.#deleted) }
  }

  /** A listing shows these paths, which began when `before` was taken. */
  listed(paths: ReadonlySet<string>, before: { present: ReadonlySet<string>; gone: ReadonlySet<string> }): void {
    for (const path of before.present) {
      if (!paths.has(path) && !this.#maybeDeleted.has(path))
        this.#world.violate(name, `${path} was created, but is not there`)
    }
    for (const path of before.gone) {
      if (paths.has(path)) this.#world.violate(name, `${path} was deleted, but is there`)
    }
  }
}
