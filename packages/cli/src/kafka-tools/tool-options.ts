import { CliError } from '../cli-error.ts'
import { ToolError } from './tool-error.ts'

/** One option of one of Kafka's tools: a flag, or one that takes a value and may come more than once. */
export interface ToolOption {
  readonly name: string
  readonly value?: string
  /** As `value`, where it may also come without one. */
  readonly optionalValue?: string
  /** It takes all words up to the next option. */
  readonly isMany?: boolean
  readonly description: string
  /** Without it the tool says what is missing. */
  readonly required?: boolean
}

/** What was given: flags and values by the option's name, and the words that belong to none. */
export interface ToolArguments {
  has(name: string): boolean
  /** The last value given. */
  value(name: string): string | undefined
  values(name: string): readonly string[]
  /** The last value as a whole number; throws `ToolError` for any other. */
  number(name: string): number | undefined
  /** The names of the options as they came, each as often as it came. */
  readonly order: readonly string[]
  readonly rest: readonly string[]
}

/**
 * Reads arguments as Kafka's tools do: `--name value`, `--name=value`, one dash as good as two, and any beginning of a name that fits
 * only one option. `program` is the name that a tool of the other kind (argparse) has in its errors. Throws `CliError` for what is unknown, fits several, lacks its value, or is required and missing.
 */
export function parseToolArguments(
  options: readonly ToolOption[],
  args: readonly string[],
  program?: string,
): ToolArguments {
  const given = new Map<string, string[]>()
  const rest: string[] = []
  const order: string[] = []
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? ''
    if (!/^--?[a-zA-Z]/.test(argument)) {
      rest.push(argument)
      continue
    }
    const [, name = '', attached] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? []
    const option = findOption(options, name)
    const values = given.get(option.name) ?? []
    given.set(option.name, values)
    order.push(option.name)
    if (option.optionalValue !== undefined) {
      const next = args[at + 1]
      if (attached !== undefined) values.push(attached)
      else if (next !== undefined && !next.startsWith('-')) values.push(args[++at] ?? '')
    } else if (option.value === undefined) {
      if (attached !== undefined) throw new CliError('INVALID_OPTION', `--${option.name} takes no value`)
    } else if (attached === undefined) {
      const next = args[++at]
      if (next === undefined) throw new CliError('INVALID_OPTION', `Option ${option.name} requires an argument`)
      values.push(next)
      while (option.isMany === true && at + 1 < args.length && !/^--?[a-zA-Z]/.test(args[at + 1] ?? ''))
        values.push(args[++at] ?? '')
    } else {
      values.push(attached)
    }
  }
  const missing = options.find(({ name, required }) => required === true && !given.has(name))
  if (missing !== undefined) {
    const message = `Missing required argument "[${missing.name}]"`
    throw new CliError(
      'INVALID_OPTION',
      program === undefined ? message : `${program}: error: argument --${missing.name} is required`,
    )
  }
  return {
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    number(name) {
      const text = given.get(name)?.at(-1)
      if (text === undefined || /^-?\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text)
      throw new ToolError('USAGE', `Cannot parse argument '${text}' of option ${name}`)
    },
    order,
    rest,
  }
}

/** The list of options as the tools print it for `--help`. */
export function describeToolOptions(options: readonly ToolOption[]): string {
  const left = options.map(({ name, value }) => `--${name}${value === undefined ? '' : ` <${value}>`}`)
  const width = left.reduce((most, text) => Math.max(most, text.length), 0)
  return options.map(({ description }, index) => `${(left[index] ?? '').padEnd(width)}  ${description}\n`).join('')
}

function findOption(options: readonly ToolOption[], name: string): ToolOption {
  const exact = options.find((option) => option.name === name)
  if (exact !== undefined) return exact
  const fitting = options.filter((option) => option.name.startsWith(name))
  const [only] = fitting
  if (only === undefined) throw new CliError('INVALID_OPTION', `${name} is not a recognized option`)
  if (fitting.length > 1) {
    throw new CliError(
      'INVALID_OPTION',
      `${name} fits more than one option: ${fitting.map((option) => option.name).join(', ')}`,
    )
  }
  return only
}
