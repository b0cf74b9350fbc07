import type { BrokerConfig } from './broker-config.ts'
import type { BrokerConfigValues } from './broker-keys.ts'
import { brokerKeys } from './broker-keys.ts'
import { ConfigError } from './config-error.ts'
import { configWarnings } from './config-warnings.ts'
import { invalidValue, splitList } from './config-key.ts'
import type { ListenerEndpoint, SecurityProtocol } from './listener-endpoint.ts'
import { parseListeners, parseSecurityProtocolMap } from './listener-endpoint.ts'
import { ownKeys } from './keys/own-keys.ts'
import { listenerLimitsOf } from './listener-limits.ts'
import type { Property } from './parse-properties.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

function inconsistent(message: string): ConfigError {
  return new ConfigError('INCONSISTENT', message)
}

/** What a file may give: text as it stands, or with its line (from `parseProperties`). */
export type BrokerProperties = ReadonlyMap<string, string | Property> | Readonly<Record<string, string>>

function textsOf(properties: BrokerProperties): Map<string, string> {
  const entries = properties instanceof Map ? properties : new Map(Object.entries(properties))
  const texts = new Map([...entries].map(([name, value]) => [name, typeof value === 'string' ? value : value.value]))
  const [brokerId, nodeId] = [texts.get('broker.id'), texts.get('node.id')]
  if (brokerId !== undefined && nodeId === undefined) texts.set('node.id', brokerId)
  if (nodeId !== undefined && brokerId === undefined) texts.set('broker.id', nodeId)
  return texts
}

/** Where a key stands in its file, for an error. */
function lineOf(properties: BrokerProperties, name: string): string {
  const property = properties instanceof Map ? (properties.get(name) as string | Property | undefined) : undefined
  return typeof property === 'object' ? ` (line ${property.line})` : ''
}

function readValues(texts: ReadonlyMap<string, string>, properties: BrokerProperties): BrokerConfigValues {
  const values: Record<string, unknown> = {}
  for (const [field, definition] of Object.entries(brokerKeys)) {
    const text = texts.get(definition.name) ?? definition.defaultText
    try {
      values[field] = text === null ? undefined : definition.parse(text)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      throw new ConfigError(error.code, error.message + lineOf(properties, definition.name))
    }
  }
  return values as BrokerConfigValues
}

function interBrokerListenerOf(
  values: BrokerConfigValues,
  texts: ReadonlyMap<string, string>,
  advertised: readonly ListenerEndpoint[],
): string {
  if (values.interBrokerListenerName !== undefined && texts.has('security.inter.broker.protocol')) {
    throw inconsistent('Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.')
  }
  const name = (values.interBrokerListenerName ?? values.securityInterBrokerProtocol).toUpperCase()
  if (!advertised.some((endpoint) => endpoint.name === name)) {
    throw inconsistent(
      `inter.broker.listener.name must be a listener name defined in advertised.listeners; ${name} is not among ${advertised.map((endpoint) => endpoint.name).join(', ')}.`,
    )
  }
  return name
}

function ensureKnownProtocols(listeners: readonly ListenerEndpoint[]): void {
  const secured = listeners.find((listener) => listener.securityProtocol !== 'PLAINTEXT')
  if (secured === undefined) return
  throw inconsistent(
    `Listener ${secured.name} asks for ${secured.securityProtocol}, but this broker speaks PLAINTEXT only. Remove the listener, or map it to PLAINTEXT.`,
  )
}

function ensureAdvertised(
  advertised: readonly ListenerEndpoint[],
  listeners: readonly ListenerEndpoint[],
  isSet: boolean,
): void {
  for (const endpoint of advertised) {
    if (!listeners.some(({ name }) => name === endpoint.name)) {
      throw inconsistent(
        `advertised.listeners names ${endpoint.name}, which is not among listeners (${listeners.map(({ name }) => name).join(', ')}).`,
      )
    }
    if (endpoint.host === '0.0.0.0' || endpoint.host === '::') {
      throw inconsistent(
        `advertised.listeners cannot use the address ${endpoint.host}, which clients cannot connect to. Use a specific IP address or host name${isSet ? '' : ': set advertised.listeners'}.`,
      )
    }
  }
}

/** Rules over several keys, in the words of Kafka where it has them. */
function ensureConsistent(values: BrokerConfigValues): void {
  if (values.brokerId < -1)
    throw inconsistent(`broker.id must be at least 0, or -1 to get one, not ${values.brokerId}.`)
  if (values.brokerId === -1 && !values.brokerIdGenerationEnable) {
    throw inconsistent('broker.id must be set, because broker.id.generation.enable is false.')
  }
  if (values.brokerIdGenerationEnable && values.brokerId > values.reservedBrokerMaxId) {
    throw inconsistent(
      `broker.id must be greater than or equal to -1 and not greater than reserved.broker.max.id (${values.reservedBrokerMaxId}). Raise that, or set broker.id.generation.enable to false.`,
    )
  }
  if (values.replicaFetchWaitMaxMs > values.replicaSocketTimeoutMs) {
    throw inconsistent('replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms.')
  }
  if (values.replicaFetchWaitMaxMs > values.replicaLagTimeMaxMs) {
    throw inconsistent('replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms.')
  }
  if (values.connectionsMaxIdleMs <= values.connectionFailedAuthenticationDelayMs) {
    throw inconsistent('connections.max.idle.ms must be greater than connection.failed.authentication.delay.ms.')
  }
  if (values.groupMinSessionTimeoutMs > values.groupMaxSessionTimeoutMs) {
    throw inconsistent('group.min.session.timeout.ms must not be greater than group.max.session.timeout.ms.')
  }
  if (
    values.offsetsCommitRequiredAcks < -1 ||
    values.offsetsCommitRequiredAcks > values.offsetsTopicReplicationFactor
  ) {
    throw inconsistent('offsets.commit.required.acks must be -1 to offsets.topic.replication.factor.')
  }
  if (values.authorizerClassName !== '') {
    throw inconsistent(
      `authorizer.class.name is ${values.authorizerClassName}, but this broker has no authorizer. Remove the key: a broker that ignored it would let everybody do everything.`,
    )
  }
  if (values.nodeId !== values.brokerId) {
    throw inconsistent(
      `broker.id (${values.brokerId}) and node.id (${values.nodeId}) must be the same. Set one of them.`,
    )
  }
  if (values.processRoles.length > 0) {
    throw inconsistent(
      'process.roles asks for KRaft, but this broker lives in ZooKeeper. Remove the key, and set zookeeper.connect.',
    )
  }
  if (values.zookeeperMetadataMigrationEnable) {
    throw inconsistent(
      'zookeeper.metadata.migration.enable is true, but this broker stays in ZooKeeper. Remove the key.',
    )
  }
  if (values.remoteLogStorageSystemEnable) {
    throw inconsistent(
      'remote.log.storage.system.enable is true, but this broker has no remote storage. Set it to false.',
    )
  }
  if (values.zookeeperSetAcl) {
    throw inconsistent('zookeeper.set.acl is true, but this broker cannot authenticate at ZooKeeper. Set it to false.')
  }
}

function connectionOverrides(text: string): ReadonlyMap<string, number> {
  return new Map(
    splitList(text).map((item) => {
      const match = /^(.+):(\d{1,9})$/.exec(item)
      if (match === null) {
        throw invalidValue('max.connections.per.ip.overrides', text, `"${item}" is not address:count`)
      }
      return [match[1] as string, Number(match[2])]
    }),
  )
}

/**
 * Checks a broker's properties and works the configuration out. `listeners` may have empty hosts and port 0: what is bound and
 * advertised in the end is known when the broker has started.
 * Throws `ConfigError` (INVALID_VALUE, INCONSISTENT), with the line where it is known. Unknown keys are warnings.
 */
export function parseBrokerConfig(properties: BrokerProperties): BrokerConfig {
  const texts = textsOf(properties)
  const values = readValues(texts, properties)
  ensureConsistent(values)
  const protocols: ReadonlyMap<string, SecurityProtocol> = parseSecurityProtocolMap(values.listenerSecurityProtocolMap)
  const listeners = parseListeners('listeners', values.listeners, protocols)
  ensureKnownProtocols(listeners)
  const advertisedListeners =
    values.advertisedListeners === undefined || values.advertisedListeners === ''
      ? listeners
      : parseListeners('advertised.listeners', values.advertisedListeners, protocols)
  ensureAdvertised(advertisedListeners, listeners, texts.has('advertised.listeners'))
  const logDirs = splitList(values.logDirs ?? values.logDir)
  if (logDirs.length === 0 || logDirs.includes('')) {
    throw inconsistent('At least one log directory must be defined via log.dirs or log.dir.')
  }
  if (values.zookeeperConnect === undefined || values.zookeeperConnect === '') {
    throw inconsistent(
      'Missing required configuration `zookeeper.connect` which has no default value. Set it to host:port of a ZooKeeper server.',
    )
  }
  const retentionMs =
    values.logRetentionMs ??
    (values.logRetentionMinutes === undefined
      ? values.logRetentionHours * HOUR_MS
      : values.logRetentionMinutes * MINUTE_MS)
  if (retentionMs === 0) throw inconsistent('log.retention.ms must be unlimited (-1) or, equal or greater than 1.')
  return {
    ...values,
    listeners,
    advertisedListeners,
    listenerSecurityProtocolMap: protocols,
    interBrokerListenerName: interBrokerListenerOf(values, texts, advertisedListeners),
    logDirs,
    logRetentionMs: retentionMs < 0 ? -1 : retentionMs,
    logRollMs: values.logRollMs ?? values.logRollHours * HOUR_MS,
    logRollJitterMs: values.logRollJitterMs ?? values.logRollJitterHours * HOUR_MS,
    logFlushIntervalMs: values.logFlushIntervalMs ?? values.logFlushSchedulerIntervalMs,
    maxConnectionsPerIpOverrides: connectionOverrides(values.maxConnectionsPerIpOverrides),
    zookeeperConnect: values.zookeeperConnect,
    zookeeperConnectionTimeoutMs: values.zookeeperConnectionTimeoutMs ?? values.zookeeperSessionTimeoutMs,
    slowRequestMs: ownKeys.slowRequestMs.parse(texts.get(ownKeys.slowRequestMs.name) ?? '0'),
    listenerLimits: listenerLimitsOf(texts),
    originals: texts,
    warnings: configWarnings(texts),
  }
}
