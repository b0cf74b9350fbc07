import type { LogLevel } from './logger.ts'

/** The name under which the level of all components without one of their own is set. */
export const ROOT_LOGGER = 'root'

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

/** The level of one component, shared by all its loggers. */
export class ComponentLevel {
  /** The lowest level that is written. */
  level: LogLevel
  /** False while it follows the root's. */
  isOwn = false

  constructor(level: LogLevel) {
    this.level = level
  }

  includes(level: LogLevel): boolean {
    return ranks[level] >= ranks[this.level]
  }
}

/** What each component of a process logs: as the root does, until it is given a level of its own. Levels change while it runs. */
export class LogLevels {
  readonly #root: ComponentLevel
  readonly #components = new Map<string, ComponentLevel>()

  constructor(rootLevel: LogLevel) {
    this.#root = new ComponentLevel(rootLevel)
  }

  /** The level of a component, which is known from then on. No name: the root's. */
  of(component: string): ComponentLevel {
    if (component === '' || component === ROOT_LOGGER) return this.#root
    let found = this.#components.get(component)
    if (found === undefined) {
      found = new ComponentLevel(this.#root.level)
      this.#components.set(component, found)
    }
    return found
  }

  /** The root, and every component that has a logger. */
  get names(): readonly string[] {
    return [ROOT_LOGGER, ...this.#components.keys()]
  }

  has(name: string): boolean {
    return name === ROOT_LOGGER || this.#components.has(name)
  }

  set(name: string, level: LogLevel): void {
    const component = this.of(name)
    component.level = level
    component.isOwn = true
    if (component === this.#root) this.#follow()
  }

  /** The component follows the root again. */
  unset(name: string): void {
    const component = this.of(name)
    component.isOwn = false
    this.#follow()
  }

  #follow(): void {
    for (const component of this.#components.values()) if (!component.isOwn) component.level = this.#root.level
  }
}
