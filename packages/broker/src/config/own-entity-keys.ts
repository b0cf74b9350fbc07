import { KafkaError } from '@odradek/kafka-protocol'
import { ClientMatch } from '../core/telemetry/client-match.ts'
import type { BrokerConfig } from './broker-config.ts'
import { ConfigError } from './config-error.ts'
import type { ConfigKey } from './config-key.ts'
import { key, splitList } from './config-key.ts'

/** Keys of a group (resource type GROUP, KIP-848). */
const groupKeys: readonly ConfigKey[] = [
  key.int(
    'consumer.session.timeout.ms',
    '45000',
    'How long a member of this group may be silent before it is out. Within group.consumer.min and max.session.timeout.ms.',
    { atLeast: 1 },
  ),
  key.int(
    'consumer.heartbeat.interval.ms',
    '5000',
    'How often the members of this group send heartbeats. Within group.consumer.min and max.heartbeat.interval.ms.',
    { atLeast: 1 },
  ),
  key.int(
    'consumer.assignment.interval.ms',
    '1000',
    'The shortest time between two assignments of this group; 0 to assign whenever a member comes or goes.',
    { atLeast: 0, atMost: 15_000 },
  ),
]

/** Keys of a subscription to clients' metrics (resource type CLIENT_METRICS, KIP-714). */
const clientMetricsKeys: readonly ConfigKey[] = [
  key.list('metrics', '', 'Prefixes of the names of the metrics that clients are to push; * for all of them.'),
  key.int('interval.ms', '300000', 'How often clients push, in milliseconds: 100 to 3600000.'),
  key.list(
    'match',
    '',
    'Which clients are meant: NAME=EXPRESSION, all of which must match. Names are client_instance_id, client_id, client_software_name, client_software_version, client_source_address and client_source_port.',
  ),
]

/** The keys of groups, or of subscriptions to clients' metrics. */
export function ownEntityKeys(type: 'groups' | 'client-metrics'): readonly ConfigKey[] {
  return type === 'groups' ? groupKeys : clientMetricsKeys
}

/** Throws `ConfigError` or `KafkaError` in the words of Kafka. */
export function validateGroupConfig(config: ReadonlyMap<string, string>, broker: BrokerConfig): void {
  parseKnown(config, groupKeys, (name) => new KafkaError('INVALID_CONFIG', `Unknown group config name: ${name}`))
  const within = (name: string, least: number, most: number, leastName: string, mostName: string): void => {
    const text = config.get(name)
    if (text === undefined) return
    const value = Number(text)
    if (value < least) throw new KafkaError('INVALID_CONFIG', `${name} must be greater than or equal to ${leastName}`)
    if (value > most) throw new KafkaError('INVALID_CONFIG', `${name} must be less than or equal to ${mostName}`)
  }
  within(
    'consumer.session.timeout.ms',
    broker.groupConsumerMinSessionTimeoutMs,
    broker.groupConsumerMaxSessionTimeoutMs,
    'group.consumer.min.session.timeout.ms',
    'group.consumer.max.session.timeout.ms',
  )
  within(
    'consumer.heartbeat.interval.ms',
    broker.groupConsumerMinHeartbeatIntervalMs,
    broker.groupConsumerMaxHeartbeatIntervalMs,
    'group.consumer.min.heartbeat.interval.ms',
    'group.consumer.max.heartbeat.interval.ms',
  )
  const sessionMs = Number(config.get('consumer.session.timeout.ms') ?? broker.groupConsumerSessionTimeoutMs)
  const heartbeatMs = Number(config.get('consumer.heartbeat.interval.ms') ?? broker.groupConsumerHeartbeatIntervalMs)
  if (sessionMs <= heartbeatMs) {
    throw new KafkaError(
      'INVALID_CONFIG',
      'consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms',
    )
  }
}

/** Throws `ConfigError` or `KafkaError` in the words of Kafka. */
export function validateClientMetricsConfig(config: ReadonlyMap<string, string>): void {
  parseKnown(
    config,
    clientMetricsKeys,
    (name) => new KafkaError('INVALID_REQUEST', `Unknown client metrics configuration: ${name}`),
  )
  const interval = config.get('interval.ms')
  if (interval !== undefined && (Number(interval) < 100 || Number(interval) > 3_600_000)) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Invalid value ${interval} for interval.ms, interval must be between 100 and 3600000 (1 hour)`,
    )
  }
  void new ClientMatch(splitList(config.get('match') ?? ''))
}

function parseKnown(
  config: ReadonlyMap<string, string>,
  keys: readonly ConfigKey[],
  unknown: (name: string) => Error,
): void {
  for (const [name, text] of config) {
    const definition = keys.find((candidate) => candidate.name === name)
    if (definition === undefined) throw unknown(name)
    try {
      definition.parse(text)
    } catch (error) {
      throw error instanceof ConfigError ? new KafkaError('INVALID_CONFIG', error.message) : error
    }
  }
}
