import type { SaslMechanism } from './sasl-exchange.ts'

/** PLAIN (RFC 4616): user and password as they are. Only TLS keeps them from being read on the way. */
export function plainMechanism(username: string, password: string): SaslMechanism {
  const begin = (): Buffer => Buffer.from(`\0${username}\0${password}`)
  return { name: 'PLAIN', start: () => Promise.resolve({ begin, answer: () => undefined }) }
}
