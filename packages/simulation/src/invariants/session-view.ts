import type { World } from '../world.ts'

const orderName = 'an answered ZooKeeper write survives and each session sees its own order'
const watchName = 'a one-shot watch fires once, before the reply that shows the change'

interface SetWatch {
  readonly version: number
  hasFired: boolean
}

/** What one session has been shown, and the watches it has set: versions never go back, and no change is shown before its watch. */
export class SessionView {
  readonly #world: World
  readonly #label: string
  readonly #versions = new Map<string, number>()
  readonly #watches = new Map<string, SetWatch[]>()

  constructor(world: World, label: string) {
    this.#world = world
    this.#label = label
  }

  /** A reply shows `subject` (a node's data, or its children) at a version. */
  shows(subject: string, version: number): void {
    const before = this.#versions.get(subject) ?? -1
    if (version < before) {
      this.#world.violate(orderName, `${this.#label} is shown version ${version} of ${subject} after ${before}`)
    }
    this.#versions.set(subject, version)
    for (const watch of this.#watches.get(subject) ?? []) {
      if (version > watch.version && !watch.hasFired) {
        const what = `${this.#label} is shown version ${version} of ${subject}, but its watch of ${watch.version} was silent`
        this.#world.violate(watchName, what)
      }
    }
  }

  /** Makes the callback for a watch; `set` tells the version that the reply of its read has shown. */
  watch(subject: string): { fire: () => void; set: (version: number) => void } {
    let watch: SetWatch | undefined
    let fired = 0
    return {
      fire: () => {
        fired++
        this.#world.count('watches fired')
        if (fired > 1) this.#world.violate(watchName, `a watch of ${this.#label} on ${subject} fired ${fired} times`)
        // Reply and event may come in one turn: the event is then told before the promise of the reply runs.
        if (watch !== undefined) watch.hasFired = true
      },
      set: (version) => {
        watch = { version, hasFired: fired > 0 }
        const watches = this.#watches.get(subject)
        if (watches === undefined) this.#watches.set(subject, [watch])
        else watches.push(watch)
      },
    }
  }
}
