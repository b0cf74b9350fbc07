import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'
import type { Random } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { SaslExchange, SaslMechanism } from './sasl-exchange.ts'

const iterationsMin = 4096
/** A broker that asks for more holds us up, on purpose or not. */
const iterationsMax = 1_000_000
const gs2Header = 'n,,'

type Hash = 'sha256' | 'sha512'

/**
 * SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677): proves to know the password without telling it, and has the broker do the same. With `isToken` user and
 * password are the id and the hmac, in base64, of a delegation token (KIP-48).
 */
export function scramMechanism(
  name: 'SCRAM-SHA-256' | 'SCRAM-SHA-512',
  username: string,
  password: string,
  random: Random,
  isToken = false,
): SaslMechanism {
  const hash = name === 'SCRAM-SHA-256' ? 'sha256' : 'sha512'
  return { name, start: () => Promise.resolve(new ScramExchange(hash, username, password, nonce(random), isToken)) }
}

function nonce(random: Random): string {
  return random.bytes(24).toString('base64').replaceAll(',', '')
}

/** The dialogue: first, server first, final, server final. */
export class ScramExchange implements SaslExchange {
  readonly #hash: Hash
  readonly #password: string
  readonly #nonce: string
  readonly #firstBare: string
  #serverSignature: Buffer | undefined

  constructor(hash: Hash, username: string, password: string, clientNonce: string, isToken = false) {
    this.#hash = hash
    this.#password = password.normalize('NFKC')
    this.#nonce = clientNonce
    const escaped = username.normalize('NFKC').replaceAll('=', '=3D').replaceAll(',', '=2C')
    this.#firstBare = `n=${escaped},r=${clientNonce}${isToken ? ',tokenauth=true' : ''}`
  }

  begin(): Buffer {
    return Buffer.from(`${gs2Header}${this.#firstBare}`)
  }

  answer(challenge: Buffer): Buffer | undefined {
    const text = challenge.toString()
    if (this.#serverSignature !== undefined) return this.#verify(text, this.#serverSignature)
    const match = /^r=([^,]+),s=([A-Za-z0-9+/=]+),i=(\d{1,9})$/.exec(text)
    const [, serverNonce = '', salt = '', iterationText = '0'] = match ?? []
    const iterations = Number(iterationText)
    if (!serverNonce.startsWith(this.#nonce) || serverNonce.length === this.#nonce.length) {
      throw failed('what the broker says is no answer to what was asked')
    }
    if (iterations < iterationsMin || iterations > iterationsMax) {
      throw failed(`the broker asks for ${iterations} iterations; ${iterationsMin} to ${iterationsMax} are allowed`)
    }
    return this.#final(text, serverNonce, Buffer.from(salt, 'base64'), iterations)
  }

  #final(serverFirst: string, serverNonce: string, salt: Buffer, iterations: number): Buffer {
    const hash = this.#hash
    const length = hash === 'sha256' ? 32 : 64
    const salted = pbkdf2Sync(this.#password, salt, iterations, length, hash)
    const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
    const clientKey = hmac(salted, 'Client Key')
    const storedKey = createHash(hash).update(clientKey).digest()
    const withoutProof = `c=${Buffer.from(gs2Header).toString('base64')},r=${serverNonce}`
    const message = `${this.#firstBare},${serverFirst},${withoutProof}`
    const signature = hmac(storedKey, message)
    const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] as number)))
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), message)
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`)
  }

  #verify(text: string, expected: Buffer): undefined {
    const signature = Buffer.from(/^v=([A-Za-z0-9+/=]+)/.exec(text)?.[1] ?? '', 'base64')
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw failed(`the broker does not know the password either: ${text.slice(0, 100)}`)
    }
  }
}

function failed(why: string): ClientError {
  return new ClientError('AUTHENTICATION_FAILED', `SCRAM: ${why}`)
}
