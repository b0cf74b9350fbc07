import { KafkaError } from '@odradek/kafka-protocol'
import { RE2JS } from 're2js'

/** What a subscription can tell clients apart by (KIP-714). */
const selectors = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
] as const

export type ClientSelector = (typeof selectors)[number]

/** A client as subscriptions see it. */
export type ClientDescription = Readonly<Record<ClientSelector, string>>

/** An instruction of a compiled expression costs time for every character that it is matched with. */
const programSizeMax = 2000

/** Which clients a subscription is for: all of its expressions must match, each the whole value. */
export class ClientMatch {
  readonly #patterns = new Map<ClientSelector, RE2JS>()

  /** `patterns` are `NAME=EXPRESSION`. Throws INVALID_CONFIG. */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      const [name = '', expression = '', ...more] = pattern.split('=')
      const selector = selectors.find((candidate) => candidate === name.trim())
      const compiled = selector === undefined || more.length > 0 ? undefined : compile(expression.trim())
      if (selector === undefined || compiled === undefined || expression === '') {
        throw new KafkaError('INVALID_CONFIG', `Illegal client matching pattern: ${pattern}`)
      }
      this.#patterns.set(selector, compiled)
    }
  }

  matches(client: ClientDescription): boolean {
    for (const [selector, pattern] of this.#patterns) if (!pattern.matches(client[selector])) return false
    return true
  }
}

/** Linear in time, since both sides come from outside; undefined for what is no expression, or too large a one. */
function compile(expression: string): RE2JS | undefined {
  try {
    const compiled = RE2JS.compile(expression)
    return compiled.programSize() > programSizeMax ? undefined : compiled
  } catch {
    return undefined
  }
}
