import { authProviderKey, readAuthProviders } from './auth-providers.ts'
import type { OptionalScheme } from './auth-providers.ts'
import { ZooKeeperConfigError } from './config-error.ts'
import type { ConfigKey } from './config-key.ts'
import { keysWithoutEffect, zooKeeperKeys } from './zookeeper-keys.ts'
import type { ZooKeeperKeyValues, ZooKeeperServerConfig } from './zookeeper-server-config.ts'

const purgeRetainCountMin = 3

/** Reads `key=value` lines: `#` and `!` begin comments, white space around key and value does not count, the last of two wins. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:\s]\s*(.*?)\s*$/.exec(line)
    if (match !== null) properties.set(match[1] as string, match[2] as string)
  }
  return properties
}

/**
 * The configuration that a zoo.cfg describes, with ZooKeeper's own keys and defaults, except that old snapshots and logs are purged
 * unless `autopurge.purgeInterval=0` says otherwise. Throws `ZooKeeperConfigError`.
 */
export function parseZooKeeperConfig(text: string): ZooKeeperServerConfig {
  const properties = parseProperties(text)
  const ensembleKey = [...properties.keys()].find((key) => /^(server|group|weight)\.\d+$/.test(key))
  if (ensembleKey !== undefined) {
    throw new ZooKeeperConfigError(
      'INVALID',
      `zoo.cfg: ${ensembleKey} describes an ensemble, and this is a single server; take it out`,
    )
  }
  const values = Object.fromEntries(
    Object.entries(zooKeeperKeys).map(([name, key]) => [name, valueOf(key, properties)]),
  ) as unknown as ZooKeeperKeyValues
  const authProviders = readAuthProviders(properties)
  // Apache's server has this provider whenever it speaks TLS, too.
  const authSchemes = new Set(authProviders.schemes)
  if (values.secureClientPort !== undefined) authSchemes.add('x509')
  const config = {
    ...values,
    purgeRetainCount: Math.max(purgeRetainCountMin, values.purgeRetainCount),
    adminEnabled: values.adminEnabled ?? values.adminPort !== undefined,
    adminPort: values.adminPort ?? 8080,
    dataLogDir: values.dataLogDir ?? values.dataDir,
    minSessionTimeoutMs: values.minSessionTimeoutMs ?? values.tickTimeMs * 2,
    maxSessionTimeoutMs: values.maxSessionTimeoutMs ?? values.tickTimeMs * 20,
    fourLetterWords: values.readOnlyModeEnabled ? new Set([...values.fourLetterWords, 'isro']) : values.fourLetterWords,
    authSchemes,
    requiredAuthSchemes: requiredAuthSchemes(values, authSchemes),
    warnings: [...authProviders.warnings, ...warningsOf(properties)],
  }
  if (config.minSessionTimeoutMs > config.maxSessionTimeoutMs) {
    throw new ZooKeeperConfigError('INVALID', 'zoo.cfg: minSessionTimeout is larger than maxSessionTimeout')
  }
  return config
}

/** Who asks for a scheme that nobody can authenticate with would shut everybody out: that stops the start, as in Apache's server. */
function requiredAuthSchemes(
  values: ZooKeeperKeyValues,
  available: ReadonlySet<OptionalScheme>,
): ReadonlySet<string> | undefined {
  if (!values.sessionRequireClientSasl && !values.enforceAuth) return undefined
  const key = values.sessionRequireClientSasl ? 'sessionRequireClientSASLAuth' : 'enforce.auth.schemes'
  const schemes = values.sessionRequireClientSasl ? new Set(['sasl']) : values.enforceAuthSchemes
  if (schemes.size === 0) {
    throw new ZooKeeperConfigError('MISSING', 'zoo.cfg: enforce.auth.enabled needs enforce.auth.schemes')
  }
  for (const scheme of schemes) {
    if (scheme === 'ip' || scheme === 'digest' || available.has(scheme as OptionalScheme)) continue
    throw new ZooKeeperConfigError(
      'INVALID',
      `zoo.cfg: ${key} asks for the scheme ${scheme}, which is not there; name its class by authProvider.1`,
    )
  }
  return schemes
}

/** With or without the prefix that system properties of Java's server have. */
const spellings = (name: string): string[] => [name, `zookeeper.${name}`]

function valueOf(key: ConfigKey<unknown>, properties: ReadonlyMap<string, string>): unknown {
  const text = spellings(key.name)
    .map((name) => properties.get(name))
    .find((value) => value !== undefined && value !== '')
  if (text !== undefined) return key.parse(text)
  if (key.isRequired) throw new ZooKeeperConfigError('MISSING', `zoo.cfg: ${key.name} is not set`)
  return key.fallback
}

function warningsOf(properties: ReadonlyMap<string, string>): string[] {
  const known = new Set(Object.values(zooKeeperKeys).flatMap(({ name }) => spellings(name)))
  return [...properties.keys()]
    .filter((name) => !known.has(name) && !authProviderKey.test(name))
    .map((name) => {
      const reason = keysWithoutEffect[name] ?? keysWithoutEffect[name.replace(/^zookeeper\./, '')]
      return reason === undefined
        ? `zoo.cfg: ${name} is not a key that is known here`
        : `zoo.cfg: ${name} has no effect: ${reason}`
    })
}
