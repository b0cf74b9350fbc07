import type { BrokerConfig } from './broker-config.ts'
import { brokerKeyBehind, listenerKeyOf } from './broker-config-texts.ts'
import { brokerKeyNamed } from './broker-keys.ts'
import { ConfigError } from './config-error.ts'
import { invalidValue } from './config-key.ts'

/** Kafka takes these for one listener only: listener.name.NAME.KEY. */
const KEYS_OF_A_LISTENER: readonly string[] = [
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.key.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
]

/** Thread pools, which may at most be halved or doubled at a time. */
const THREAD_KEYS = {
  'num.io.threads': 'numIoThreads',
  'num.network.threads': 'numNetworkThreads',
  'num.replica.fetchers': 'numReplicaFetchers',
  'num.recovery.threads.per.data.dir': 'numRecoveryThreadsPerDataDir',
  'background.threads': 'backgroundThreads',
} as const

function refuse(names: readonly string[], why: string, hint = ''): void {
  if (names.length > 0) throw new ConfigError('INVALID_VALUE', `${why}: ${names.join(', ')}${hint}`)
}

/** Whether a key may be set for one broker only. */
function isOfOneBroker(name: string): boolean {
  const listenerKey = listenerKeyOf(name)
  if (listenerKey === undefined) return brokerKeyNamed(name)?.scope === 'per-broker'
  return brokerKeyNamed(listenerKey.key)?.scope !== 'cluster-wide'
}

/** What is wrong with a key that was set while brokers run, whatever its value and the other keys are; or undefined. */
export function dynamicKeyFault(name: string, isPerBroker: boolean): string | undefined {
  if (brokerKeyNamed(name)?.scope === 'read-only') return 'it cannot be changed while a broker runs'
  if (KEYS_OF_A_LISTENER.includes(name)) return `it can be changed for a listener only: listener.name.NAME.${name}`
  if (!isPerBroker && isOfOneBroker(name)) return 'it can be changed for one broker only, not for all'
  return undefined
}

/** Throws `ConfigError` when broker keys cannot be changed while brokers run, for one broker or for all, or have wrong values. */
export function validateDynamicBrokerConfig(config: ReadonlyMap<string, string>, isPerBroker: boolean): void {
  const names = [...config.keys()]
  refuse(
    names.filter((name) => brokerKeyNamed(name)?.scope === 'read-only'),
    'Cannot update these configs dynamically',
    '. Change server.properties and restart the broker.',
  )
  refuse(
    names.filter((name) => KEYS_OF_A_LISTENER.includes(name)),
    'These security configs can be dynamically updated only per-listener using the listener prefix',
  )
  for (const [name, text] of config) brokerKeyBehind(name)?.parse(text)
  if (isPerBroker) return
  refuse(
    names.filter(isOfOneBroker),
    'Cannot update these configs at default cluster level, broker id must be specified',
  )
}

/** Throws `ConfigError` when a running broker cannot go from one configuration to the other. */
export function validateDynamicChange(before: BrokerConfig, after: BrokerConfig): void {
  for (const [name, field] of Object.entries(THREAD_KEYS)) ensureThreads(name, before[field], after[field])
  ensureLocalRetention(after)
  for (const listener of after.listeners) {
    const old = before.listeners.find(({ name }) => name === listener.name)
    if (old !== undefined && old.securityProtocol !== listener.securityProtocol) {
      throw new ConfigError(
        'INCONSISTENT',
        `Security protocol cannot be updated for existing listener ${listener.name}`,
      )
    }
  }
}

function ensureThreads(name: string, before: number, after: number): void {
  if (after === before) return
  const refused = (why: string): ConfigError =>
    new ConfigError('INVALID_VALUE', `Dynamic thread count update validation failed for ${name}=${after}, value ${why}`)
  if (after < Math.trunc(before / 2)) throw refused(`should be at least half the current value ${before}`)
  if (after > before * 2) throw refused(`should not be greater than double the current value ${before}`)
}

function ensureLocalRetention(config: BrokerConfig): void {
  const pairs = [
    ['log.local.retention.ms', config.logLocalRetentionMs, 'log.retention.ms', config.logRetentionMs],
    ['log.local.retention.bytes', config.logLocalRetentionBytes, 'log.retention.bytes', config.logRetentionBytes],
  ] as const
  for (const [name, local, allName, all] of pairs) {
    if (all === -1 || local === -2) continue
    if (local === -1)
      throw invalidValue(name, String(local), `Value must not be -1 as ${allName} value is set as ${all}.`)
    if (local > all) {
      throw invalidValue(name, String(local), `Value must not be more than ${allName} property value: ${all}`)
    }
  }
}
