// What both sides of SASL's DIGEST-MD5 (RFC 2831) compute, with the protection `auth` only, as ZooKeeper uses it.
import { SaslError } from './sasl-error.ts'

/** ZooKeeper's realm, and the host in its digest URI. */
export const zooKeeperSaslName = 'zk-sasl-md5'
export const digestUri = `zookeeper/${zooKeeperSaslName}`

/** RFC 2831 sets this bound for what a client sends. */
const tokenSizeBytesMax = 4096

const directivePattern = /[\s,]*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\[^])*)"|([^\s,"]+))\s*(?=,|$)/gy

/**
 * The directives of a token, `name=value` and `name="value"` between commas. Values are one character per byte. Throws `SaslError`.
 */
export function parseDirectives(token: Buffer): Map<string, string> {
  if (token.length > tokenSizeBytesMax) throw new SaslError('MALFORMED', `a token of ${token.length} bytes`)
  const text = token.toString('latin1')
  const directives = new Map<string, string>()
  let end = 0
  for (const { index, 0: whole, 1: name = '', 2: quoted, 3: plain = '' } of text.matchAll(directivePattern)) {
    end = index + whole.length
    const key = name.toLowerCase()
    if (directives.has(key)) throw new SaslError('MALFORMED', `the directive ${key} comes twice`)
    directives.set(key, quoted === undefined ? plain : quoted.replaceAll(/\\([^])/g, '$1'))
  }
  if (!/^[\s,]*$/.test(text.slice(end))) throw new SaslError('MALFORMED', 'a token that is no list of directives')
  return directives
}

export function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** The text of a directive that is UTF-8 where the client said so. */
export function textOf(bytes: string, isUtf8: boolean): string {
  return isUtf8 ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes
}

function bytesOf(text: string): Buffer {
  // RFC 2831, 2.1.2.1: names and passwords that fit into ISO 8859-1 are hashed in it, also where they are sent in UTF-8.
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : Buffer.from(text, 'utf8')
}

const md5 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = process.getBuiltinModule('node:crypto').createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export interface DigestFacts {
  readonly user: string
  readonly realm: string
  readonly password: string
  readonly nonce: string
  readonly cnonce: string
  readonly digestUri: string
  readonly authzid?: string | undefined
}

/** The proof of the password: of the client (`response`), or of the server (`rspauth`). In hexadecimal digits. */
export function digestResponse(facts: DigestFacts, side: 'client' | 'server'): string {
  const { nonce, cnonce, authzid } = facts
  const secret = md5(bytesOf(facts.user), ':', bytesOf(facts.realm), ':', bytesOf(facts.password))
  const tail = authzid === undefined ? '' : `:${authzid}`
  const a1 = md5(secret, `:${nonce}:${cnonce}${tail}`).toString('hex')
  const a2 = md5(`${side === 'client' ? 'AUTHENTICATE' : ''}:${facts.digestUri}`).toString('hex')
  return md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${a2}`).toString('hex')
}
