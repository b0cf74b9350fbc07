import type { World } from '../world.ts'

const name = 'a persistent watch tells every change once, before the reply that shows it'

interface Watched {
  underWay: number
  events: number
  /** The version and the number of events at a moment when nothing was under way; undefined since the connection was lost. */
  base: { readonly version: number; readonly events: number } | undefined
}

/**
 * What one session is told by persistent watches of nodes that it alone writes: whenever none of its writes is under way, it has had one event for each
 * version since it was so before. What changes while there is no connection is not told.
 */
export class PersistentView {
  readonly #world: World
  readonly #label: string
  readonly #watched = new Map<string, Watched>()

  constructor(world: World, label: string) {
    this.#world = world
    this.#label = label
  }

  event(path: string): void {
    this.#of(path).events++
  }

  sent(path: string): void {
    this.#of(path).underWay++
  }

  answered(path: string, version: number): void {
    const watched = this.#of(path)
    if (--watched.underWay > 0) return
    const { base, events } = watched
    watched.base = { version, events }
    if (base === undefined) return
    this.#world.count('persistent watches checked')
    const told = events - base.events
    const done = version - base.version
    if (told !== done)
      this.#world.violate(name, `${this.#label} was told of ${told} changes of ${path}, there were ${done}`)
  }

  /** Nobody knows whether it was done. */
  failed(path: string): void {
    const watched = this.#of(path)
    watched.underWay--
    watched.base = undefined
  }

  disconnected(): void {
    for (const watched of this.#watched.values()) watched.base = undefined
  }

  #of(path: string): Watched {
    let watched = this.#watched.get(path)
    if (watched === undefined) this.#watched.set(path, (watched = { underWay: 0, events: 0, base: undefined }))
    return watched
  }
}
