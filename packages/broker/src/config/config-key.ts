import { ConfigError } from './config-error.ts'

/** Kafka's types of configuration values, as AdminClient shows them. */
export type ConfigType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list' | 'class' | 'password'

/**
 * Whether a value can change while the broker runs: not at all, for one broker, or for all of them
 * (a key that is cluster-wide can be set for one broker too).
 */
export type ConfigScope = 'read-only' | 'per-broker' | 'cluster-wide'

export type ConfigImportance = 'high' | 'medium' | 'low'

/**
 * What setting a key does: what its documentation says; nothing, for there is nothing to set here (threads of a program with one event
 * loop); nothing, until the feature is there; nothing, by design. Who sets one of the last two is told so.
 */
export type ConfigEffect = 'full' | 'accepted' | 'not yet' | 'never'

/** What a value must hold beyond its type. */
export interface ConfigRule {
  readonly atLeast?: number
  readonly atMost?: number
  /** The only values (of a list: the only elements). */
  readonly oneOf?: readonly string[]
  /** What is wrong with the value, or undefined. */
  readonly check?: (value: never) => string | undefined
  /** A list that may not be empty. */
  readonly notEmpty?: boolean
}

export interface ConfigKeyOptions extends ConfigRule {
  readonly importance?: ConfigImportance
  readonly scope?: ConfigScope
  readonly effect?: ConfigEffect
  readonly isInternal?: boolean
}

/**
 * One configuration key, defined once: parsing, validation, DescribeConfigs and the documentation page all come from this.
 * Values travel as Kafka's strings; `parse` gives the typed one, in which a `long` is a number (2^63-1 reads as "no limit").
 */
export interface ConfigKey<Value = unknown> {
  readonly name: string
  readonly type: ConfigType
  /** In Kafka's string form; null where there is none. */
  readonly defaultText: string | null
  readonly doc: string
  readonly importance: ConfigImportance
  readonly scope: ConfigScope
  readonly effect: ConfigEffect
  /** Kafka's own, mostly for tests: DescribeConfigs shows it only when it is set, and the documentation not at all. */
  readonly isInternal: boolean
  readonly rule: ConfigRule
  /** Throws `ConfigError` (INVALID_VALUE) in the words of Kafka. */
  parse(text: string): Value
}

type Typed<Value, Default extends string | null> = ConfigKey<Default extends string ? Value : Value | undefined>

const INTEGER_RANGES = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
} as const

export function invalidValue(name: string, text: string | null, why: string): ConfigError {
  return new ConfigError('INVALID_VALUE', `Invalid value ${text} for configuration ${name}: ${why}`)
}

function parseInteger(name: string, type: 'short' | 'int' | 'long', text: string): number {
  const trimmed = text.trim()
  if (/^[+-]?\d{1,19}$/.test(trimmed)) {
    const value = BigInt(trimmed.startsWith('+') ? trimmed.slice(1) : trimmed)
    const [least, most] = INTEGER_RANGES[type]
    if (value >= least && value <= most) return Number(value)
  }
  throw invalidValue(name, text, `Not a number of type ${type.toUpperCase()}`)
}

function parseDouble(name: string, text: string): number {
  const trimmed = text.trim()
  const value = trimmed === '' ? NaN : Number(trimmed)
  if (Number.isNaN(value)) throw invalidValue(name, text, 'Not a number of type DOUBLE')
  return value
}

function parseBoolean(name: string, text: string): boolean {
  const lower = text.trim().toLowerCase()
  if (lower === 'true') return true
  if (lower === 'false') return false
  throw invalidValue(name, text, 'Expected value to be either true or false')
}

/** The elements of a list value: separated by commas, blanks around them dropped. */
export function splitList(text: string): string[] {
  const trimmed = text.trim()
  return trimmed === '' ? [] : trimmed.split(/\s*,\s*/)
}

function ensureRule(name: string, text: string, value: unknown, rule: ConfigRule): void {
  if (typeof value === 'number') {
    if (rule.atLeast !== undefined && value < rule.atLeast) {
      throw invalidValue(name, text, `Value must be at least ${rule.atLeast}`)
    }
    if (rule.atMost !== undefined && value > rule.atMost) {
      throw invalidValue(name, text, `Value must be no more than ${rule.atMost}`)
    }
  }
  if (rule.oneOf !== undefined) {
    const wrong = (Array.isArray(value) ? value : [value]).find((item) => !rule.oneOf?.includes(String(item)))
    if (wrong !== undefined) {
      throw invalidValue(name, String(wrong), `String must be one of: ${rule.oneOf.join(', ')}`)
    }
  }
  if (rule.notEmpty === true && Array.isArray(value) && value.length === 0) {
    throw invalidValue(name, text, 'it needs at least one element')
  }
  const why = rule.check?.(value as never)
  if (why !== undefined) throw invalidValue(name, text, why)
}

function define<Value, Default extends string | null>(
  name: string,
  type: ConfigType,
  defaultText: Default,
  doc: string,
  options: ConfigKeyOptions,
  read: (text: string) => Value,
): Typed<Value, Default> {
  return {
    name,
    type,
    defaultText,
    doc,
    importance: options.importance ?? 'medium',
    scope: options.scope ?? 'read-only',
    effect: options.effect ?? 'full',
    isInternal: options.isInternal ?? false,
    rule: options,
    parse(text) {
      const value = read(text)
      ensureRule(name, text, value, options)
      return value
    },
  }
}

/** Definers, one per type: name, default in Kafka's string form, documentation, rules. */
export const key = {
  boolean: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'boolean', defaultText, doc, options, (text) => parseBoolean(name, text)),
  short: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'short', defaultText, doc, options, (text) => parseInteger(name, 'short', text)),
  int: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'int', defaultText, doc, options, (text) => parseInteger(name, 'int', text)),
  long: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'long', defaultText, doc, options, (text) => parseInteger(name, 'long', text)),
  double: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'double', defaultText, doc, options, (text) => parseDouble(name, text)),
  string: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'string', defaultText, doc, options, (text) => text.trim()),
  class: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'class', defaultText, doc, options, (text) => text.trim()),
  password: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'password', defaultText, doc, options, (text) => text),
  list: <D extends string | null>(name: string, defaultText: D, doc: string, options: ConfigKeyOptions = {}) =>
    define(name, 'list', defaultText, doc, options, splitList),
}

/** The typed value of a key. */
export type ConfigValueOf<K> = K extends ConfigKey<infer Value> ? Value : never

/** The typed values of a table of keys, under the names of its fields. */
export type ConfigValues<Keys> = { readonly [Field in keyof Keys]: ConfigValueOf<Keys[Field]> }

/** Kafka's own spelling of a value, e.g. `TRUE` as `true` and `a , b` as `a,b`. */
export function canonicalText(definition: ConfigKey, text: string): string {
  switch (definition.type) {
    case 'boolean':
      return text.trim().toLowerCase()
    case 'list':
      return splitList(text).join(',')
    case 'password':
      return text
    default:
      return text.trim()
  }
}

/** The values that a key takes, for a person: a range as `1,...` or `0,...,1`, or the words that there are. Empty when its type says it all. */
export function validValuesText({ type, rule }: ConfigKey): string {
  if (rule.oneOf !== undefined) return rule.oneOf.join(', ')
  if (type === 'boolean') return 'true, false'
  const { atLeast, atMost } = rule
  if (atLeast === undefined) return atMost === undefined ? '' : `...,${atMost}`
  return `${atLeast},...${atMost === undefined ? '' : `,${atMost}`}`
}
