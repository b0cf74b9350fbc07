import { digestResponse, digestUri, parseDirectives, quoted, textOf, zooKeeperSaslName } from './digest-md5.ts'
import { SaslError } from './sasl-error.ts'

/** A user that is not there is refused as late, and in the same words, as one with another password. */
const refused = 'the user or the password is not right'

/** The server's side of one DIGEST-MD5 exchange: empty token → challenge, response → proof of the server. */
export class DigestMd5Server {
  readonly #passwordOf: (user: string) => string | undefined
  readonly #nonce: string
  #phase: 'start' | 'challenged' | 'complete' | 'failed' = 'start'
  #user = ''

  /** `nonce` must never be the same again. */
  constructor(options: { passwordOf: (user: string) => string | undefined; nonce: string }) {
    this.#passwordOf = options.passwordOf
    this.#nonce = options.nonce
  }

  /** Who the client has proved to be, once it has. */
  get user(): string | undefined {
    return this.#phase === 'complete' ? this.#user : undefined
  }

  /** The answer to a token. Throws `SaslError`, and then the exchange is over. */
  evaluate(token: Buffer): Buffer {
    const phase = this.#phase
    this.#phase = 'failed'
    switch (phase) {
      case 'start':
        if (token.length > 0) throw new SaslError('MALFORMED', 'DIGEST-MD5 has no initial response')
        this.#phase = 'challenged'
        return Buffer.from(`realm="${zooKeeperSaslName}",nonce=${quoted(this.#nonce)},charset=utf-8,algorithm=md5-sess`)
      case 'challenged': {
        const proof = this.#verify(parseDirectives(token))
        this.#phase = 'complete'
        return Buffer.from(`rspauth=${proof}`)
      }
      default:
        throw new SaslError('MALFORMED', 'the exchange is over')
    }
  }

  #verify(directives: ReadonlyMap<string, string>): string {
    const required = (name: string, wanted?: string): string => {
      const value = directives.get(name)
      const isWanted = value !== undefined && (wanted === undefined || value === wanted)
      if (isWanted) return value
      throw new SaslError(
        'MALFORMED',
        `the directive ${name} is ${value === undefined ? 'missing' : 'not as it must be'}`,
      )
    }
    const charset = directives.get('charset')
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8') throw new SaslError('MALFORMED', 'unknown charset')
    if ((directives.get('qop') ?? 'auth') !== 'auth') throw new SaslError('MALFORMED', 'only the qop auth is offered')
    required('nonce', this.#nonce)
    required('nc', '00000001')
    required('digest-uri', digestUri)
    const user = textOf(required('username'), charset !== undefined)
    const password = this.#passwordOf(user)
    const facts = {
      user,
      realm: required('realm', zooKeeperSaslName),
      password: password ?? '',
      nonce: this.#nonce,
      cnonce: required('cnonce'),
      digestUri,
      authzid: directives.get('authzid'),
    }
    const given = Buffer.from(required('response'))
    const { timingSafeEqual } = process.getBuiltinModule('node:crypto')
    const expected = Buffer.from(digestResponse(facts, 'client'))
    const isRight = given.length === expected.length && timingSafeEqual(given, expected)
    if (!isRight || password === undefined) throw new SaslError('REFUSED', refused)
    this.#user = user
    return digestResponse(facts, 'server')
  }
}
