import type { Env, TlsConnectOptions, TlsIdentity } from '@odradek/base'
import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'

/** TLS as the `ssl.` keys say. Throws `ClientError` INVALID_CONFIG. */
export function tlsOptions(env: Env, config: CommonConfig): TlsConnectOptions {
  const identity = identityOf(env, config)
  const trusted = trustedOf(env, config)
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(config['ssl.endpoint.identification.algorithm'] === '' ? { isAnyHostBelieved: true } : {}),
  }
}

function trustedOf(env: Env, config: CommonConfig): Buffer | undefined {
  const inline = config['ssl.truststore.certificates']
  if (inline !== undefined) return Buffer.from(inline)
  const location = config['ssl.truststore.location']
  return location === undefined ? undefined : read(env, 'ssl.truststore.location', location)
}

function identityOf(env: Env, config: CommonConfig): TlsIdentity | undefined {
  const key = config['ssl.keystore.key']
  const chain = config['ssl.keystore.certificate.chain']
  const passphrase = config['ssl.key.password']
  const withPassphrase = passphrase === undefined ? {} : { passphrase }
  if (key !== undefined && chain !== undefined) {
    return { kind: 'pem', key: Buffer.from(key), certificates: Buffer.from(chain), ...withPassphrase }
  }
  if (key !== undefined || chain !== undefined) {
    throw new ClientError('INVALID_CONFIG', 'ssl.keystore.key and ssl.keystore.certificate.chain need each other')
  }
  const location = config['ssl.keystore.location']
  if (location === undefined) return undefined
  const content = read(env, 'ssl.keystore.location', location)
  if (config['ssl.keystore.type'] === 'PEM')
    return { kind: 'pem', key: content, certificates: content, ...withPassphrase }
  return { kind: 'pkcs12', content, passphrase: config['ssl.keystore.password'] ?? '' }
}

function read(env: Env, name: string, location: string): Buffer {
  try {
    return env.disk.readFileSync(location)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ClientError('INVALID_CONFIG', `${name}: ${why}`, { cause })
  }
}
