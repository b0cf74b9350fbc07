import { ClientError } from '../client-error.ts'

/** Kafka's types of configuration values, and `function` for what Java's client loads as a class. */
export type ConfigType = 'boolean' | 'int' | 'long' | 'double' | 'string' | 'list' | 'password' | 'function'

/**
 * One configuration key, defined once: its type, default, range and documentation. A value is given as its own type or as the text
 * that a properties file would have; `parse` gives the typed one.
 */
export interface ConfigKey<Value = unknown, Given = unknown> {
  readonly type: ConfigType
  /** Undefined where there is none. */
  readonly defaultValue: Value
  readonly doc: string
  /** What may be given, in words, for documentation; undefined when the type says all. */
  readonly range: string | undefined
  /** Throws `ClientError` INVALID_CONFIG. */
  parse(name: string, given: Given): Value
}

/** Keys by Kafka's own names. */
export interface ConfigKeys {
  readonly [name: string]: ConfigKey<unknown, never>
}

/** The values of all keys, after parsing. */
export type ConfigOf<Keys extends ConfigKeys> = {
  readonly [Name in keyof Keys]: Keys[Name] extends ConfigKey<infer Value, never> ? Value : never
}

/** What a user may write: any of the keys, as typed values or as text. */
export type ConfigInput<Keys extends ConfigKeys> = {
  readonly [Name in keyof Keys]?: (Keys[Name] extends ConfigKey<unknown, infer Given> ? Given : never) | undefined
}

interface NumberOptions {
  readonly atLeast?: number
  readonly atMost?: number
}

/** Says which key is wrong, and why. */
export function invalidConfig(name: string, given: unknown, why: string): ClientError {
  const shown = typeof given === 'string' ? given : JSON.stringify(given)
  return new ClientError('INVALID_CONFIG', `invalid value ${shown} for ${name}: ${why}`)
}

type Numeric<Default> = ConfigKey<Default extends undefined ? number | undefined : number, number | string>

function numeric<Default extends number | undefined>(
  type: 'int' | 'long' | 'double',
  defaultValue: Default,
  doc: string,
  { atLeast = -Infinity, atMost = type === 'int' ? 2 ** 31 - 1 : Infinity }: NumberOptions,
): Numeric<Default> {
  const range = atLeast === -Infinity ? undefined : `${atLeast} to ${atMost === Infinity ? 'any' : atMost}`
  return {
    type,
    defaultValue: defaultValue as never,
    doc,
    range,
    parse(name, given) {
      const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
      if (typeof value !== 'number' || Number.isNaN(value)) throw invalidConfig(name, given, 'it is not a number')
      if (type !== 'double' && value !== Infinity && !Number.isInteger(value))
        throw invalidConfig(name, given, 'it is not a whole number')
      if (value < atLeast) throw invalidConfig(name, given, `it must be at least ${atLeast}`)
      if (value > atMost) throw invalidConfig(name, given, `it must be at most ${atMost}`)
      return value
    },
  }
}

function text(name: string, given: unknown): string {
  if (typeof given !== 'string') throw invalidConfig(name, given, 'it is not text')
  return given.trim()
}

/** Definers, one per type: default, documentation, range. */
export const key = {
  int: <D extends number | undefined>(defaultValue: D, doc: string, options: NumberOptions = {}) =>
    numeric('int', defaultValue, doc, options),
  long: <D extends number | undefined>(defaultValue: D, doc: string, options: NumberOptions = {}) =>
    numeric('long', defaultValue, doc, options),
  double: <D extends number | undefined>(defaultValue: D, doc: string, options: NumberOptions = {}) =>
    numeric('double', defaultValue, doc, options),
  boolean: <D extends boolean | undefined>(
    defaultValue: D,
    doc: string,
  ): ConfigKey<D extends undefined ? boolean | undefined : boolean, boolean | 'true' | 'false'> => ({
    type: 'boolean',
    defaultValue: defaultValue as never,
    doc,
    range: undefined,
    parse(name, given) {
      if (given === true || given === 'true') return true
      if (given === false || given === 'false') return false
      throw invalidConfig(name, given, 'it must be true or false')
    },
  }),
  string: <D extends string | undefined>(
    defaultValue: D,
    doc: string,
  ): ConfigKey<D extends undefined ? string | undefined : string, string> => ({
    type: 'string',
    defaultValue: defaultValue as never,
    doc,
    range: undefined,
    parse: text,
  }),
  password: (doc: string): ConfigKey<string | undefined, string> => ({
    type: 'password',
    defaultValue: undefined,
    doc,
    range: undefined,
    parse(name, given) {
      // Never shown, not in errors either.
      if (typeof given !== 'string') throw invalidConfig(name, '[hidden]', 'it is not text')
      return given
    },
  }),
  oneOf: <Value extends string, D extends Value | undefined>(
    values: readonly Value[],
    defaultValue: D,
    doc: string,
  ): ConfigKey<D extends undefined ? Value | undefined : Value, Value> => ({
    type: 'string',
    defaultValue: defaultValue as never,
    doc,
    range: values.join(', '),
    parse(name, given) {
      const value = text(name, given)
      const known = values.find((each) => each === value)
      if (known === undefined) throw invalidConfig(name, given, `it must be one of: ${values.join(', ')}`)
      return known
    },
  }),
  list: (defaultValue: readonly string[], doc: string): ConfigKey<readonly string[], string | readonly string[]> => ({
    type: 'list',
    defaultValue,
    doc,
    range: undefined,
    parse(name, given) {
      const items = typeof given === 'string' ? given.split(',') : given
      if (!Array.isArray(items)) throw invalidConfig(name, given, 'it is neither a list nor text with commas')
      return items.map((item) => text(name, item)).filter((item) => item !== '')
    },
  }),
  /** Something that is written in code: a function, or an object of functions. `text` reads the names of those that come with this client. */
  code: <Value>(
    defaultValue: Value,
    doc: string,
    read: (given: string) => Value | undefined = () => undefined,
  ): ConfigKey<Value, Value | string> => ({
    type: 'function',
    defaultValue,
    doc,
    range: undefined,
    parse(name, given) {
      if (typeof given !== 'string') return given
      const known = read(given)
      if (known === undefined)
        throw invalidConfig(
          name,
          given,
          'nothing of that name comes with this client; pass the function or object itself',
        )
      return known
    },
  }),
}
