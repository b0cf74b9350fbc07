// Java's files of log-in configurations, which ZooKeeper and Kafka take users and passwords from.
import { OdradekError } from './error.ts'

/** The file is not what Java would read; the message says where. */
export class JaasError extends OdradekError<'MALFORMED'> {}

/** One log-in module of a section: `Module flag option="value" …;`. */
export interface JaasEntry {
  /** Java's class name. */
  readonly module: string
  readonly flag: 'required' | 'requisite' | 'sufficient' | 'optional'
  readonly options: ReadonlyMap<string, string>
}

interface Token {
  readonly kind: 'word' | 'quoted' | 'mark'
  readonly text: string
  readonly line: number
}

/** Spaces and comments; marks; a quoted text; a word. */
const tokenPattern = /(\s+|\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/)|([{};=])|"((?:[^"\\\n]|\\.)*)"|([^\s{};="#]+)/gy

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  let end = 0
  for (const match of text.matchAll(tokenPattern)) {
    end = match.index + match[0].length
    const [whole, , mark, quoted, word] = match
    if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, line })
    else if (quoted !== undefined) {
      const content = quoted.replaceAll(/\\(.)/g, (_all, letter: string) => escapes[letter] ?? letter)
      tokens.push({ kind: 'quoted', text: content, line })
    } else if (word !== undefined) tokens.push({ kind: 'word', text: word, line })
    line += whole.split('\n').length - 1
  }
  if (end !== text.length) throw new JaasError('MALFORMED', `line ${line}: a quotation mark or a comment is not closed`)
  return tokens
}

const flags: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'] satisfies JaasEntry['flag'][]

class Parser {
  readonly #tokens: readonly Token[]
  #position = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#position === this.#tokens.length
  }

  #peek(): Token {
    const token = this.#tokens[this.#position]
    if (token !== undefined) return token
    throw new JaasError('MALFORMED', `line ${this.#tokens.at(-1)?.line ?? 1}: the text ends in the middle of a section`)
  }

  #take(expected: string, fits: (token: Token) => boolean): string {
    const token = this.#peek()
    if (!fits(token))
      throw new JaasError('MALFORMED', `line ${token.line}: expected ${expected}, found "${token.text}"`)
    this.#position++
    return token.text
  }

  #mark(mark: string): void {
    this.#take(`"${mark}"`, ({ kind, text }) => kind === 'mark' && text === mark)
  }

  #isMark(mark: string): boolean {
    const { kind, text } = this.#peek()
    return kind === 'mark' && text === mark
  }

  #name(what: string): string {
    return this.#take(what, ({ kind }) => kind !== 'mark')
  }

  section(): [name: string, entries: JaasEntry[]] {
    const name = this.#name('the name of a section')
    const entries: JaasEntry[] = []
    this.#mark('{')
    while (!this.#isMark('}')) entries.push(this.#entry())
    this.#mark('}')
    this.#mark(';')
    return [name, entries]
  }

  #entry(): JaasEntry {
    const module = this.#name('the class of a log-in module')
    const flag = this.#take('required, requisite, sufficient or optional', ({ text }) =>
      flags.includes(text.toLowerCase()),
    ).toLowerCase() as JaasEntry['flag']
    const options = new Map<string, string>()
    while (!this.#isMark(';')) {
      const name = this.#name('the name of an option, or ";"')
      this.#mark('=')
      options.set(name, this.#name('the value of an option'))
    }
    this.#mark(';')
    return { module, flag, options }
  }
}

/** The sections of a file, by name: `Server { Module required user_bob="secret"; };`. More is let pass than Java does: comments after `#`, any word. Throws `JaasError`. */
export function parseJaasFile(text: string): Map<string, readonly JaasEntry[]> {
  const parser = new Parser(tokensOf(text))
  const sections = new Map<string, readonly JaasEntry[]>()
  while (!parser.isAtEnd) sections.set(...parser.section())
  return sections
}
