import type { LogFields, Logger, LogLevel, LogLevels } from '@odradek/base'

/** Takes what simulated programs log. */
export type LogCollector = (
  level: LogLevel,
  machine: string,
  component: string,
  message: string,
  fields: LogFields,
) => void

/** Gives every line to the simulation, which keeps the last ones for the report of a failure. */
export class SimulatedLogger implements Logger {
  readonly levels: LogLevels
  readonly #collect: LogCollector
  readonly #machine: string
  readonly #component: string
  readonly #fields: LogFields

  constructor(collect: LogCollector, machine: string, component: string, levels: LogLevels, fields: LogFields = {}) {
    this.levels = levels
    levels.of(component)
    this.#collect = collect
    this.#machine = machine
    this.#component = component
    this.#fields = fields
  }

  /** Not kept. */
  debug(): void {}

  info(message: string, fields?: LogFields): void {
    this.#collect('info', this.#machine, this.#component, message, { ...this.#fields, ...fields })
  }

  warn(message: string, fields?: LogFields): void {
    this.#collect('warn', this.#machine, this.#component, message, { ...this.#fields, ...fields })
  }

  error(message: string, fields?: LogFields): void {
    this.#collect('error', this.#machine, this.#component, message, { ...this.#fields, ...fields })
  }

  isEnabled(level: LogLevel): boolean {
    return level !== 'debug'
  }

  child(component: string, fields?: LogFields): Logger {
    return new SimulatedLogger(this.#collect, this.#machine, component, this.levels, { ...this.#fields, ...fields })
  }
}
