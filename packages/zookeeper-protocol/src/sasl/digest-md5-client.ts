import { digestResponse, digestUri, parseDirectives, quoted, zooKeeperSaslName } from './digest-md5.ts'
import type { DigestFacts } from './digest-md5.ts'
import { SaslError } from './sasl-error.ts'

/** The client's side of one DIGEST-MD5 exchange: challenge → response, proof of the server → nothing more to say. */
export class DigestMd5Client {
  readonly #user: string
  readonly #password: string
  readonly #cnonce: string
  #facts: DigestFacts | undefined

  /** `cnonce` must never be the same again. */
  constructor(options: { user: string; password: string; cnonce: string }) {
    this.#user = options.user
    this.#password = options.password
    this.#cnonce = options.cnonce
  }

  /** The first token is empty: the server has to begin. */
  get initialToken(): Buffer {
    return Buffer.alloc(0)
  }

  /** What to send next; undefined when the server has proved that it knows the password too. Throws `SaslError`. */
  evaluate(token: Buffer): Buffer | undefined {
    const directives = parseDirectives(token)
    if (this.#facts !== undefined) {
      if (directives.get('rspauth') === digestResponse(this.#facts, 'server')) return undefined
      throw new SaslError('REFUSED', 'the server could not prove that it knows the password')
    }
    const nonce = directives.get('nonce')
    if (nonce === undefined) throw new SaslError('MALFORMED', 'the challenge has no nonce')
    if (!(directives.get('qop') ?? 'auth').split(',').includes('auth')) {
      throw new SaslError('MALFORMED', 'the server wants more protection than DIGEST-MD5 is used for here')
    }
    const facts: DigestFacts = {
      user: this.#user,
      realm: directives.get('realm') ?? zooKeeperSaslName,
      password: this.#password,
      nonce,
      cnonce: this.#cnonce,
      digestUri,
    }
    this.#facts = facts
    return Buffer.from(
      [
        'charset=utf-8',
        `username=${quoted(this.#user)}`,
        `realm=${quoted(facts.realm)}`,
        `nonce=${quoted(nonce)}`,
        'nc=00000001',
        `cnonce=${quoted(this.#cnonce)}`,
        `digest-uri=${quoted(digestUri)}`,
        'maxbuf=65536',
        `response=${digestResponse(facts, 'client')}`,
        'qop=auth',
      ].join(','),
      'utf8',
    )
  }
}
