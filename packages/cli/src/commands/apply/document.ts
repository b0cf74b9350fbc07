import { nearestName } from '@odradek/base'
import { CliError } from '../../cli-error.ts'

/** A part of the file, with where it is, for messages: `topics.orders`. */
export class Part {
  readonly value: unknown
  readonly path: string

  constructor(value: unknown, path: string) {
    this.value = value
    this.path = path
  }

  wrong(what: string): CliError {
    return new CliError('INVALID_FILE', `${this.path}: ${what}`)
  }

  /** The entries of a map with any keys. An empty part is an empty map. */
  entries(): [name: string, part: Part][] {
    const { value } = this
    if (value === null || value === undefined) return []
    if (typeof value !== 'object' || Array.isArray(value))
      throw this.wrong(`is to be a map of names, not ${shown(value)}`)
    return Object.entries(value).map(([name, entry]) => [name, new Part(entry, `${this.path}.${name}`)])
  }

  /** A map with these keys and no others; what is missing is undefined. An unknown key is refused with the nearest. */
  fields<Name extends string>(known: readonly Name[]): Partial<Record<Name, Part>> {
    const entries = this.entries()
    for (const [name] of entries) {
      if ((known as readonly string[]).includes(name)) continue
      const nearest = nearestName(name, known)
      const hint = nearest === undefined ? `; there are ${known.join(', ')}` : `; did you mean "${nearest}"?`
      throw this.wrong(`there is no key "${name}"${hint}`)
    }
    return Object.fromEntries(entries) as Partial<Record<Name, Part>>
  }

  items(): Part[] {
    const { value } = this
    if (value === null || value === undefined) return []
    if (!Array.isArray(value)) throw this.wrong(`is to be a list, not ${shown(value)}`)
    return value.map((item: unknown, index) => new Part(item, `${this.path}[${index}]`))
  }

  /** One text, or a list of them. */
  texts(): string[] {
    return Array.isArray(this.value) ? this.items().map((item) => item.text()) : [this.text()]
  }

  /** A text; numbers and truth values are written as Kafka writes them. */
  text(): string {
    const { value } = this
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw this.wrong(`is to be a text or a number, not ${shown(value)}`)
  }

  count(): number {
    const { value } = this
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
    throw this.wrong(`is to be a whole number above 0, not ${shown(value)}`)
  }

  flag(): boolean {
    if (typeof this.value === 'boolean') return this.value
    throw this.wrong(`is to be true or false, not ${shown(this.value)}`)
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a map' : (JSON.stringify(value) ?? 'nothing')
}
