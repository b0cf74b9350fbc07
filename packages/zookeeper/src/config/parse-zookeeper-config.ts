import { ZooKeeperConfigError } from './config-error.ts'
import type { ZooKeeperServerConfig } from './zookeeper-server-config.ts'

const int32Max = 2_147_483_647

/** Keys of ZooKeeper that are understood and change nothing: why is said to whoever sets them. */
const withoutEffect: Readonly<Record<string, string>> = {
  'admin.enableServer': 'there is no AdminServer yet',
  'admin.serverPort': 'there is no AdminServer yet',
  'admin.serverAddress': 'there is no AdminServer yet',
  'admin.portUnification': 'there is no AdminServer yet',
  'metricsProvider.className': 'metrics are served by the process, not by ZooKeeper’s providers',
  'metricsProvider.httpPort': 'metrics are served by the process, not by ZooKeeper’s providers',
  'metricsProvider.exportJvmInfo': 'there is no JVM',
  initLimit: 'it concerns ensembles only',
  syncLimit: 'it concerns ensembles only',
  connectToLearnerMasterLimit: 'it concerns ensembles only',
  electionAlg: 'it concerns ensembles only',
  standaloneEnabled: 'this is a single server',
  clientPortListenBacklog: 'the system decides',
  serverCnxnFactory: 'there is one implementation',
  'audit.enable': 'there is no audit log yet',
}

/** Reads `key=value` lines: `#` and `!` begin comments, white space around key and value does not count, the last of two wins. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([^#!\s=:][^\s=:]*)\s*[=:\s]\s*(.*?)\s*$/.exec(line)
    if (match !== null) properties.set(match[1] as string, match[2] as string)
  }
  return properties
}

/** The values of one file; a key that was asked for is known, and what nobody asked for is told in the warnings. */
class Values {
  readonly #properties: ReadonlyMap<string, string>
  readonly #known = new Set<string>()

  constructor(properties: ReadonlyMap<string, string>) {
    this.#properties = properties
  }

  /** The value under the first of these names that is there: properties that Java takes with `-Dzookeeper.` may stand with or without that. */
  text(...names: string[]): string | undefined {
    let found: string | undefined
    for (const name of names.flatMap((short) => [short, `zookeeper.${short}`])) {
      this.#known.add(name)
      found ??= this.#properties.get(name)
    }
    return found === '' ? undefined : found
  }

  required(name: string): string {
    const text = this.text(name)
    if (text === undefined) throw new ZooKeeperConfigError('MISSING', `zoo.cfg: ${name} is not set`)
    return text
  }

  integer(fallback: number, range: { min: number; max: number }, ...names: string[]): number {
    const text = this.text(...names)
    if (text === undefined) return fallback
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= range.min && value <= range.max) return value
    throw new ZooKeeperConfigError(
      'INVALID',
      `zoo.cfg: ${names[0]}=${text} must be a whole number from ${range.min} to ${range.max}`,
    )
  }

  boolean(fallback: boolean, ...names: string[]): boolean {
    const text = this.text(...names)?.toLowerCase()
    if (text === undefined) return fallback
    if (text === 'true' || text === 'yes') return true
    if (text === 'false' || text === 'no') return false
    throw new ZooKeeperConfigError('INVALID', `zoo.cfg: ${names[0]}=${text} must be true or false`)
  }

  warnings(): string[] {
    const warnings: string[] = []
    for (const key of this.#properties.keys()) {
      if (this.#known.has(key)) continue
      const reason = withoutEffect[key]
      warnings.push(
        reason === undefined
          ? `zoo.cfg: ${key} is not a key that is known here`
          : `zoo.cfg: ${key} has no effect: ${reason}`,
      )
    }
    return warnings
  }
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
  const values = new Values(properties)
  const positive = { min: 1, max: int32Max }
  const tickTimeMs = values.integer(3000, positive, 'tickTime')
  const dataDir = values.required('dataDir')
  const minSessionTimeoutMs = values.integer(-1, { min: -1, max: int32Max }, 'minSessionTimeout')
  const maxSessionTimeoutMs = values.integer(-1, { min: -1, max: int32Max }, 'maxSessionTimeout')
  const config = {
    tickTimeMs,
    dataDir,
    dataLogDir: values.text('dataLogDir') ?? dataDir,
    clientPort: values.integer(-1, { min: 0, max: 65535 }, 'clientPort'),
    clientPortAddress: values.text('clientPortAddress') ?? '0.0.0.0',
    minSessionTimeoutMs: minSessionTimeoutMs === -1 ? tickTimeMs * 2 : minSessionTimeoutMs,
    maxSessionTimeoutMs: maxSessionTimeoutMs === -1 ? tickTimeMs * 20 : maxSessionTimeoutMs,
    maxClientConnections: values.integer(60, { min: 0, max: int32Max }, 'maxClientCnxns'),
    snapCount: values.integer(100_000, { min: 2, max: int32Max }, 'snapCount'),
    preAllocSizeBytes: values.integer(65_536, { min: 0, max: int32Max }, 'preAllocSize') * 1024,
    purgeRetainCount: Math.max(3, values.integer(3, { min: 0, max: int32Max }, 'autopurge.snapRetainCount')),
    purgeIntervalMs: values.integer(1, { min: 0, max: 24 * 365 }, 'autopurge.purgeInterval') * 3_600_000,
    fourLetterWords: new Set((values.text('4lw.commands.whitelist') ?? 'srvr').split(',').map((word) => word.trim())),
    packetSizeBytesMax: values.integer(0xfffff, { min: 1024, max: int32Max }, 'jute.maxbuffer'),
    superDigest: values.text('DigestAuthenticationProvider.superDigest'),
    extendedTypesEnabled: values.boolean(false, 'extendedTypesEnabled'),
    digestEnabled: values.boolean(true, 'digest.enabled'),
    skipAcl: values.boolean(false, 'skipACL'),
    reconfigEnabled: values.boolean(false, 'reconfigEnabled'),
    outstandingLimit: values.integer(1000, positive, 'globalOutstandingLimit'),
    containerCheckIntervalMs: values.integer(60_000, positive, 'znode.container.checkIntervalMs'),
  }
  if (config.clientPort === -1) throw new ZooKeeperConfigError('MISSING', 'zoo.cfg: clientPort is not set')
  if (config.minSessionTimeoutMs > config.maxSessionTimeoutMs) {
    throw new ZooKeeperConfigError('INVALID', 'zoo.cfg: minSessionTimeout is larger than maxSessionTimeout')
  }
  return { ...config, warnings: values.warnings() }
}
