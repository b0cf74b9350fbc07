/** The words behind a command: `name=value`, or bare. Each may be asked for once; what nobody asked for is a mistake in the dialogue. */
export class Arguments {
  readonly #words: string[]
  readonly #used = new Set<string>()

  constructor(words: readonly string[]) {
    this.#words = words.filter((word) => word !== '')
  }

  optional(name: string): string | undefined {
    const word = this.#words.find((candidate) => candidate.startsWith(`${name}=`))
    if (word === undefined) return undefined
    this.#used.add(word)
    return word.slice(name.length + 1)
  }

  optionalInteger(name: string): number | undefined {
    const text = this.optional(name)
    return text === undefined ? undefined : integerOf(text)
  }

  integer(name: string): number {
    const value = this.optionalInteger(name)
    if (value === undefined) throw new Error(`${name}= is missing`)
    return value
  }

  flag(name: string): boolean {
    const isSet = this.#words.includes(name)
    if (isSet) this.#used.add(name)
    return isSet
  }

  positional(): string {
    const [word] = this.rest()
    if (word === undefined) throw new Error('a word is missing')
    return word
  }

  positionalInteger(): number {
    return integerOf(this.positional())
  }

  /** All words that have not been asked for. */
  rest(): string[] {
    const rest = this.#words.filter((word) => !this.#used.has(word))
    for (const word of rest) this.#used.add(word)
    return rest
  }

  ensureAllUsed(line: string): void {
    const rest = this.rest()
    if (rest.length > 0) throw new Error(`what is ${rest.join(' ')} in: ${line}`)
  }
}

function integerOf(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value)) throw new Error(`${text} is not a whole number`)
  return value
}
