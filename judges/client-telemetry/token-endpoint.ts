import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const lifeSeconds = 5

/** An OIDC provider as far as clients and brokers need one: tokens by client credentials, signed with RS256, and the key to check them with. */
export class TokenEndpoint {
  readonly secret = 'secret-of-alice'
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  readonly #server: Server
  /** Tokens that were given. */
  given = 0

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(): Promise<TokenEndpoint> {
    const endpoint = new TokenEndpoint()
    await new Promise<void>((resolve) => endpoint.#server.listen(0, '127.0.0.1', resolve))
    return endpoint
  }

  get #base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get tokenUrl(): string {
    return `${this.#base}/token`
  }

  get jwksUrl(): string {
    return `${this.#base}/jwks`
  }

  #answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url === '/jwks') {
      return send(200, {
        keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'judge', alg: 'RS256', use: 'sig' }],
      })
    }
    const wanted = `Basic ${Buffer.from(`alice:${this.secret}`).toString('base64')}`
    if (url !== '/token' || headers.authorization !== wanted) return send(401, { error: 'invalid_client' })
    this.given++
    send(200, { access_token: this.#token(), token_type: 'Bearer', expires_in: lifeSeconds })
  }

  #token(): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { iss: this.#base, sub: 'alice', aud: 'judges', iat: now, exp: now + lifeSeconds }
    const signed = `${part({ alg: 'RS256', kid: 'judge', typ: 'JWT' })}.${part(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#keys.privateKey).toString('base64url')}`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
