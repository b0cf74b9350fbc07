import type { Clock } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { OauthToken } from '../config/security-keys.ts'
import type { SaslMechanism } from './sasl-exchange.ts'

/** A token is used for the whole of its life but this share: it must not expire on the way. */
const usableShare = 0.8
const separator = '\u0001'

/** OAUTHBEARER (RFC 7628): shows a token, which `provide` brings anew when the last one is nearly over. */
export function oauthbearerMechanism(clock: Clock, provide: () => Promise<OauthToken>): SaslMechanism {
  let token: OauthToken | undefined
  let renewAtMs = 0
  const current = async (): Promise<OauthToken> => {
    if (token !== undefined && clock.wallMs() < renewAtMs) return token
    try {
      token = await provide()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new ClientError('AUTHENTICATION_FAILED', `no token for OAUTHBEARER: ${why}`, { cause })
    }
    const nowMs = clock.wallMs()
    renewAtMs = nowMs + (token.expiresAtMs - nowMs) * usableShare
    return token
  }
  return {
    name: 'OAUTHBEARER',
    async start() {
      const { value, extensions = {} } = await current()
      const pairs = Object.entries({ auth: `Bearer ${value}`, ...extensions }).map(([key, text]) => `${key}=${text}`)
      const first = `n,,${separator}${pairs.join(separator)}${separator}${separator}`
      return {
        begin: () => Buffer.from(first),
        // An empty challenge is success. Anything else says why not, and wants to hear this before the exchange fails.
        answer: (challenge) => (challenge.length === 0 ? undefined : Buffer.from(separator)),
      }
    },
  }
}

/** A token that nobody has signed, for brokers that are set up to believe it: for tests only. */
export function unsecuredToken(subject: string, clock: Clock): OauthToken {
  const lifeSeconds = 3600
  const issuedAt = clock.wallMs() / 1000
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = { sub: subject, iat: issuedAt, exp: issuedAt + lifeSeconds }
  return { value: `${encode({ alg: 'none' })}.${encode(payload)}.`, expiresAtMs: (issuedAt + lifeSeconds) * 1000 }
}
