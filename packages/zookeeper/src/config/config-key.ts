import { ZooKeeperConfigError } from './config-error.ts'

/** One key of zoo.cfg, defined once: its type, default, range and documentation. */
export interface ConfigKey<Value> {
  /** ZooKeeper's name. Those that Java takes as system properties may also stand with `zookeeper.` before. */
  readonly name: string
  readonly doc: string
  /** What a value looks like. */
  readonly range: string
  /** As the documentation shows it. */
  readonly defaultText: string
  /** What holds when the key is not set; undefined when it follows from others, or has to be set. */
  readonly fallback: Value
  /** It has to be set. */
  readonly isRequired: boolean
  /** Throws `ZooKeeperConfigError`, which names the key. */
  parse(text: string): Value
}

interface Common {
  readonly name: string
  readonly doc: string
}

export function invalid(name: string, text: string, why: string): ZooKeeperConfigError {
  return new ZooKeeperConfigError('INVALID', `zoo.cfg: ${name}=${text} must be ${why}`)
}

export interface IntegerOptions extends Common {
  readonly min: number
  readonly max?: number
  /** What a value is multiplied by: keys have their own units. */
  readonly scale?: number
}

const int32Max = 2_147_483_647

function integerParser({ name, min, max = int32Max, scale = 1 }: IntegerOptions): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value * scale
    throw invalid(name, text, `a whole number from ${min} to ${max}`)
  }
}

export function integerKey(options: IntegerOptions & { readonly default: number }): ConfigKey<number> {
  const { name, doc, min, max = int32Max, scale = 1 } = options
  return {
    name,
    doc,
    range: `${min} to ${max}`,
    defaultText: String(options.default),
    fallback: options.default * scale,
    isRequired: false,
    parse: integerParser(options),
  }
}

/** Its default follows from other keys, as `defaultText` says; -1 asks for that too. */
export function derivedIntegerKey(
  options: IntegerOptions & { readonly defaultText: string },
): ConfigKey<number | undefined> {
  const { name, doc, min, max = int32Max, defaultText } = options
  const parse = integerParser(options)
  return {
    name,
    doc,
    range: `${min} to ${max}`,
    defaultText,
    fallback: undefined,
    isRequired: false,
    parse: (text) => (text === '-1' ? undefined : parse(text)),
  }
}

/** It has to be set. */
export function requiredIntegerKey(options: IntegerOptions): ConfigKey<number> {
  return { ...integerKey({ ...options, default: 0 }), defaultText: 'has to be set', isRequired: true }
}

export function decimalKey(
  options: Common & { readonly min: number; readonly max: number; readonly default: number },
): ConfigKey<number> {
  const { name, doc, min, max } = options
  return {
    name,
    doc,
    range: `${min} to ${max}`,
    defaultText: String(options.default),
    fallback: options.default,
    isRequired: false,
    parse(text) {
      const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
      if (value >= min && value <= max) return value
      throw invalid(name, text, `a number from ${min} to ${max}`)
    },
  }
}

export function booleanKey({
  name,
  doc,
  default: fallback,
}: Common & { readonly default: boolean }): ConfigKey<boolean> {
  return {
    name,
    doc,
    range: 'true, false',
    defaultText: String(fallback),
    fallback,
    isRequired: false,
    parse(text) {
      const lower = text.toLowerCase()
      if (lower === 'true' || lower === 'yes') return true
      if (lower === 'false' || lower === 'no') return false
      throw invalid(name, text, 'true or false')
    },
  }
}

/** Its default follows from other keys, as `defaultText` says. */
export function derivedBooleanKey(options: Common & { readonly defaultText: string }): ConfigKey<boolean | undefined> {
  return { ...booleanKey({ ...options, default: false }), defaultText: options.defaultText, fallback: undefined }
}

export function textKey<const Default extends string | undefined>(
  options: Common & { readonly range: string; readonly default: Default; readonly defaultText: string },
): ConfigKey<string | Default> {
  const { name, doc, range, defaultText } = options
  return { name, doc, range, defaultText, fallback: options.default, isRequired: false, parse: (text) => text }
}

/** It has to be set. */
export function requiredTextKey(options: Common & { readonly range: string }): ConfigKey<string> {
  return { ...textKey({ ...options, default: '', defaultText: 'has to be set' }), isRequired: true }
}

/** Parts between commas. */
export function listKey(
  options: Common & { readonly range: string; readonly default: string },
): ConfigKey<ReadonlySet<string>> {
  const { name, doc, range } = options
  const parse = (text: string): ReadonlySet<string> =>
    new Set(
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
  return {
    name,
    doc,
    range,
    defaultText: options.default,
    fallback: parse(options.default),
    isRequired: false,
    parse,
  }
}
