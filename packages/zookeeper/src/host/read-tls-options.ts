import { DiskError, OdradekError } from '@odradek/base'
import type { Disk, TlsIdentity, TlsListenOptions } from '@odradek/base'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'

/** TLS cannot be set up; the message names the key. */
export class TlsOptionsError extends OdradekError<'UNUSABLE'> {}

const clientCertificates = { need: 'required', want: 'wanted', none: 'none' } as const

/** What the keys `ssl.*` say. Throws `TlsOptionsError`. */
export function readTlsOptions(disk: Disk, config: ZooKeeperServerConfig): TlsListenOptions {
  const { keyStore, keyStorePassword, keyStoreType, trustStore, trustStoreType, clientAuth } = config
  if (keyStore === undefined) {
    throw new TlsOptionsError('UNUSABLE', 'zoo.cfg: secureClientPort needs ssl.keyStore.location')
  }
  if (!Object.hasOwn(clientCertificates, clientAuth)) {
    throw new TlsOptionsError('UNUSABLE', `zoo.cfg: ssl.clientAuth=${clientAuth} must be need, want or none`)
  }
  const content = read(disk, 'ssl.keyStore.location', keyStore)
  let identity: TlsIdentity
  switch (storeType('ssl.keyStore', keyStore, keyStoreType)) {
    case 'PEM':
      identity = {
        kind: 'pem',
        key: content,
        certificates: content,
        ...(keyStorePassword === '' ? {} : { passphrase: keyStorePassword }),
      }
      break
    case 'PKCS12':
      identity = { kind: 'pkcs12', content, passphrase: keyStorePassword }
  }
  if (trustStore !== undefined && storeType('ssl.trustStore', trustStore, trustStoreType) !== 'PEM') {
    throw new TlsOptionsError(
      'UNUSABLE',
      `zoo.cfg: ssl.trustStore.location=${trustStore} must be PEM; convert it: openssl pkcs12 -in STORE -nokeys -out trusted.pem`,
    )
  }
  return {
    identity,
    ...(trustStore === undefined ? {} : { trusted: read(disk, 'ssl.trustStore.location', trustStore) }),
    clientCertificate: clientCertificates[clientAuth as keyof typeof clientCertificates],
  }
}

function read(disk: Disk, key: string, path: string): Buffer {
  try {
    return disk.readFileSync(path)
  } catch (error) {
    if (!(error instanceof DiskError)) throw error
    throw new TlsOptionsError('UNUSABLE', `zoo.cfg: ${key}=${path} cannot be read: ${error.message}`, { cause: error })
  }
}

function storeType(key: string, path: string, type: string | undefined): 'PEM' | 'PKCS12' {
  const known =
    type?.toUpperCase() ?? (/\.pem$/i.test(path) ? 'PEM' : /\.(p12|pfx)$/i.test(path) ? 'PKCS12' : undefined)
  if (known === 'PEM' || known === 'PKCS12') return known
  throw new TlsOptionsError(
    'UNUSABLE',
    `zoo.cfg: ${key}.location=${path} must be PEM or PKCS12 (${key}.type); convert a JKS one: keytool -importkeystore -srckeystore STORE -destkeystore STORE.p12 -deststoretype PKCS12`,
  )
}
