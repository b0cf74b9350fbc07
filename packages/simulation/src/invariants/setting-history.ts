import type { World } from '../world.ts'

const name = 'an answered change of a setting survives and is shown at once'

/**
 * Settings that have one writer each, who looks at them too. What a look shows is what was answered last, or a change that was never answered: a
 * broker that waits for ZooKeeper makes it when it can, which may be after a later one. What was seen once counts as answered.
 */
export class SettingHistory {
  readonly #world: World
  readonly #settings = new Map<string, { answered: string | undefined; readonly asked: Set<string> }>()

  constructor(world: World) {
    this.#world = world
  }

  asking(setting: string, value: string): void {
    this.#setting(setting).asked.add(value)
  }

  answered(setting: string, value: string): void {
    const known = this.#setting(setting)
    known.answered = value
    known.asked.delete(value)
  }

  shown(setting: string, value: string | undefined): void {
    const { answered, asked } = this.#setting(setting)
    if (value === answered) return
    if (value !== undefined && asked.has(value)) return this.answered(setting, value)
    const others = asked.size === 0 ? '' : `, or one of ${[...asked].join()} that were not answered`
    this.#world.violate(name, `${setting} is ${value}, not ${answered}${others}`)
  }

  #setting(setting: string): { answered: string | undefined; readonly asked: Set<string> } {
    let known = this.#settings.get(setting)
    if (known === undefined) {
      known = { answered: undefined, asked: new Set() }
      this.#settings.set(setting, known)
    }
    return known
  }
}
