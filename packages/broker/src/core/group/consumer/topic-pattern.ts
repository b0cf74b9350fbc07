import { KafkaError } from '@odradek/kafka-protocol'
import { RE2JS } from 're2js'

/** Instructions of the compiled expression: with the length of a name they bound the time of a match. */
const programSizeMax = 2000

/**
 * A regular expression over names of topics, in RE2's syntax (as Kafka's). It comes from outside, so it is matched by an engine whose time is
 * linear in the name, never by one that tries again.
 */
export class TopicPattern {
  readonly #regex: RE2JS
  readonly #programSize: number

  /** Throws INVALID_REGULAR_EXPRESSION for what is no expression, or too large a one. */
  constructor(text: string) {
    this.#regex = compile(text)
    this.#programSize = this.#regex.programSize()
    if (this.#programSize > programSizeMax) {
      throw new KafkaError(
        'INVALID_REGULAR_EXPRESSION',
        `SubscribedTopicRegex is too complex: it compiles to ${this.#programSize} steps, and ${programSizeMax} are allowed.`,
      )
    }
  }

  /** Whether the whole name is what the expression stands for. */
  matches(name: string): boolean {
    return this.#regex.matches(name)
  }

  /** About how many steps a match can take. */
  stepsFor(name: string): number {
    return this.#programSize * (name.length + 1)
  }
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new KafkaError(
      'INVALID_REGULAR_EXPRESSION',
      `SubscribedTopicRegex \`${text}\` is not a valid regular expression: ${why}.`,
    )
  }
}
