import { LogLevels } from '@odradek/base'
import type { ComponentLevel, LogFields, Logger, LogLevel } from '@odradek/base'
import { formatLine } from './format-line.ts'
import { LogSink } from './log-sink.ts'

export interface NodeLoggerOptions {
  /** The lowest level that is written; default `info`. */
  readonly level?: LogLevel
  /** Where lines go: a file descriptor (default 2, standard error) or a function that takes whole lines. */
  readonly destination?: number | ((text: string) => void)
  /** One JSON object per line instead of text for people. */
  readonly json?: boolean
  /** Colours; default: when the destination is a terminal and NO_COLOR is not set. */
  readonly colour?: boolean
}

interface Output {
  readonly sink: LogSink
  readonly levels: LogLevels
  readonly json: boolean
  readonly colour: boolean
}

/** One line per message. Lines of one turn are written together; an error, and the end of the process, write at once. */
export class NodeLogger implements Logger {
  readonly #output: Output
  readonly #component: string
  readonly #level: ComponentLevel
  readonly #fields: LogFields | undefined

  private constructor(output: Output, component: string, fields: LogFields | undefined) {
    this.#output = output
    this.#component = component
    this.#level = output.levels.of(component)
    this.#fields = fields
  }

  static create(options: NodeLoggerOptions): NodeLogger {
    const destination = options.destination ?? 2
    const output: Output = {
      sink: new LogSink(destination),
      levels: new LogLevels(options.level ?? 'info'),
      json: options.json ?? false,
      colour: options.colour ?? (typeof destination === 'number' && isColourTerminal(destination)),
    }
    return new NodeLogger(output, '', undefined)
  }

  isEnabled(level: LogLevel): boolean {
    return this.#level.includes(level)
  }

  get levels(): LogLevels {
    return this.#output.levels
  }

  debug(message: string, fields?: LogFields): void {
    this.#log('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#log('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#log('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#log('error', message, fields)
  }

  child(component: string, fields?: LogFields): Logger {
    const both = fields === undefined ? this.#fields : { ...this.#fields, ...fields }
    return new NodeLogger(this.#output, component, both)
  }

  #log(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.isEnabled(level)) return
    const { sink, json, colour } = this.#output
    const all = this.#fields === undefined ? fields : { ...this.#fields, ...fields }
    const entry = { time: new Date(), level, component: this.#component, message, fields: all ?? {} }
    sink.write(formatLine(entry, { json, colour, withStack: this.isEnabled('debug') }), level === 'error')
  }
}

function isColourTerminal(fileDescriptor: number): boolean {
  const noColour = process.env['NO_COLOR']
  if (noColour !== undefined && noColour !== '') return false
  return process.getBuiltinModule('node:tty').isatty(fileDescriptor)
}
