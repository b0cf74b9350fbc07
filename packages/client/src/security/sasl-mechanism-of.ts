import { parseJaasFile } from '@odradek/base'
import type { Env } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import { oauthbearerMechanism, unsecuredToken } from './oauthbearer.ts'
import { plainMechanism } from './plain.ts'
import type { SaslMechanism } from './sasl-exchange.ts'
import { scramMechanism } from './scram.ts'

/** The mechanism of `sasl.mechanism` with its credentials. Throws `ClientError` INVALID_CONFIG. */
export function saslMechanismOf(env: Env, config: CommonConfig): SaslMechanism {
  const name = config['sasl.mechanism']
  if (name === 'GSSAPI') {
    const why = 'GSSAPI (Kerberos) needs a native library, which this client does without'
    throw invalid(`${why}: set sasl.mechanism to PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER`)
  }
  const options = jaasOptions(config)
  if (name === 'OAUTHBEARER') {
    const provide = config['sasl.login.callback.handler']
    if (provide !== undefined) return oauthbearerMechanism(env.clock, provide)
    const subject = options.get('unsecuredLoginStringClaim_sub')
    if (subject === undefined) {
      throw invalid(
        'OAUTHBEARER needs sasl.login.callback.handler, a function that brings a token, or sasl.oauthbearer.token.endpoint.url',
      )
    }
    return oauthbearerMechanism(env.clock, () => Promise.resolve(unsecuredToken(subject, env.clock)))
  }
  const username = config['sasl.username'] ?? options.get('username')
  const password = config['sasl.password'] ?? options.get('password')
  if (username === undefined || password === undefined) {
    throw invalid(`${name} needs sasl.username and sasl.password, or sasl.jaas.config with username and password`)
  }
  if (name === 'PLAIN') return plainMechanism(username, password)
  return scramMechanism(name, username, password, env.random, options.get('tokenauth') === 'true')
}

function jaasOptions(config: CommonConfig): ReadonlyMap<string, string> {
  const text = config['sasl.jaas.config']
  if (text === undefined) return new Map()
  try {
    const [entry] = parseJaasFile(`KafkaClient { ${text} };`).get('KafkaClient') ?? []
    return entry?.options ?? new Map()
  } catch {
    // What it says is secret, so the cause is not shown.
    throw invalid('sasl.jaas.config cannot be read: it is Module required option="value" ... ;')
  }
}

function invalid(why: string): ClientError {
  return new ClientError('INVALID_CONFIG', why)
}
