import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { ConfigError } from '../config/config-error.ts'
import type { ConfigKey } from '../config/config-key.ts'
import { brokerKeyBehind, effectiveBrokerTexts } from '../config/broker-config-texts.ts'
import { validateDynamicBrokerConfig, validateDynamicChange } from '../config/dynamic-broker-config.ts'
import { ownEntityKeys, validateClientMetricsConfig, validateGroupConfig } from '../config/own-entity-keys.ts'
import { parseBrokerConfig } from '../config/parse-broker-config.ts'
import { topicDefaultText, validateTopicConfig } from '../config/resolve-topic-config.ts'
import { topicKeyNamed } from '../config/topic-keys.ts'
import { duplicatesOf } from '../core/duplicates-of.ts'
import { topicNameFault } from '../core/topics/topic-name.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { OwnConfigType } from '../host/entity-configs.ts'
import { readConfigEntity, writeConfigEntity } from '../host/config-writer.ts'
import { DEFAULT_ENTITY } from '../znodes/config-entity.ts'
import type { ConfigEntityType } from '../znodes/config-entity.ts'
import { topicPath } from '../znodes/topic.ts'
import { ConfigResourceType, isOfThisBroker } from './config-resource.ts'

/** A topic or broker whose configuration is to change. */
export interface ConfigResource {
  readonly resourceType: number
  readonly resourceName: string
}

/** What a change may ask about the keys of its resource. */
export interface ConfigChangeContext {
  readonly definitionOf: (name: string) => ConfigKey | undefined
  /** The text that counts where nothing is set. */
  readonly defaultOf: (definition: ConfigKey) => string
}

/** Changes what is set, in place. Throws `KafkaError` or `ConfigError`, and nothing is written then. */
export type ConfigChange = (config: Map<string, string>, context: ConfigChangeContext) => void

export interface ConfigChangeResult extends ConfigResource {
  readonly errorCode: number
  readonly errorMessage: string | null
}

function unknownTopic(name: string): KafkaError {
  return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
}

async function changeTopic(
  broker: BrokerServices,
  name: string,
  change: ConfigChange,
  validateOnly: boolean,
): Promise<void> {
  if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default topic resources are not allowed.')
  // Of what cannot be a topic's name there is none: Kafka says no more than that here.
  if (topicNameFault(name) !== undefined) throw unknownTopic(name)
  const config = await readConfigEntity(broker.zookeeper, 'topics', name)
  const brokerTexts = effectiveBrokerTexts(broker.dynamicConfig.texts)
  change(config, {
    definitionOf: topicKeyNamed,
    defaultOf: (definition) => topicDefaultText(definition, brokerTexts),
  })
  if ((await broker.zookeeper.run((client) => client.exists(topicPath(name)))) === undefined) {
    throw unknownTopic(name)
  }
  validateTopicConfig(config)
  if (!validateOnly) await write(broker, 'topics', name, config)
}

async function changeBroker(
  broker: BrokerServices,
  resourceName: string,
  change: ConfigChange,
  validateOnly: boolean,
): Promise<void> {
  const isPerBroker = isOfThisBroker(resourceName, broker.brokerId)
  const entity = isPerBroker ? String(broker.brokerId) : DEFAULT_ENTITY
  const config = await readConfigEntity(broker.zookeeper, 'brokers', entity)
  const { texts } = broker.dynamicConfig
  change(config, {
    definitionOf: brokerKeyBehind,
    defaultOf: (definition) => texts.staticBroker.get(definition.name) ?? definition.defaultText ?? '',
  })
  validateDynamicBrokerConfig(config, isPerBroker)
  const changed = { ...texts, [isPerBroker ? 'dynamicBroker' : 'dynamicDefault']: config }
  validateDynamicChange(broker.config, parseBrokerConfig(effectiveBrokerTexts(changed)))
  if (!validateOnly) await write(broker, 'brokers', entity, config)
}

async function write(
  broker: BrokerServices,
  type: ConfigEntityType,
  name: string,
  config: ReadonlyMap<string, string>,
): Promise<void> {
  await writeConfigEntity(broker.zookeeper, type, name, config)
  await broker.configChanges.announce(`${type}/${name}`)
}

async function changeOwnEntity(
  broker: BrokerServices,
  type: OwnConfigType,
  name: string,
  change: ConfigChange,
  validateOnly: boolean,
): Promise<void> {
  if (name === '') {
    throw new KafkaError(
      'INVALID_REQUEST',
      type === 'groups' ? 'Default group resources are not allowed.' : "Subscription name can't be empty",
    )
  }
  const config = new Map(broker.entityConfigs.overridesOf(type, name))
  change(config, {
    definitionOf: (key) => ownEntityKeys(type).find((definition) => definition.name === key),
    defaultOf: (definition) => definition.defaultText ?? '',
  })
  if (type === 'groups') validateGroupConfig(config, broker.config)
  else validateClientMetricsConfig(config)
  if (!validateOnly) await broker.configChanges.announce(await broker.entityConfigs.write(type, name, config))
}

function changeResource(
  broker: BrokerServices,
  { resourceType, resourceName }: ConfigResource,
  change: ConfigChange,
  validateOnly: boolean,
): Promise<void> {
  switch (resourceType) {
    case ConfigResourceType.TOPIC:
      return changeTopic(broker, resourceName, change, validateOnly)
    case ConfigResourceType.BROKER:
      return changeBroker(broker, resourceName, change, validateOnly)
    case ConfigResourceType.GROUP:
      return changeOwnEntity(broker, 'groups', resourceName, change, validateOnly)
    case ConfigResourceType.CLIENT_METRICS:
      return changeOwnEntity(broker, 'client-metrics', resourceName, change, validateOnly)
    default:
      throw new KafkaError('INVALID_REQUEST', `Unknown resource type ${resourceType}`)
  }
}

/** The answer for a resource whose configuration did not change. */
export function failedConfigChange(
  { resourceType, resourceName }: ConfigResource,
  { errorCode, message }: KafkaError,
): ConfigChangeResult {
  return { errorCode, errorMessage: message, resourceType, resourceName }
}

/** As Kafka has it: what is wrong with a broker's keys is a wrong request; only before a topic's value is the resource named. */
function refusalOf({ resourceType, resourceName }: ConfigResource, { code, message }: ConfigError): KafkaError {
  if (resourceType !== ConfigResourceType.TOPIC) return new KafkaError('INVALID_REQUEST', message)
  if (code !== 'INVALID_VALUE') return new KafkaError('INVALID_CONFIG', message)
  const resource = `ConfigResource(type=TOPIC, name='${resourceName}')`
  return new KafkaError('INVALID_CONFIG', `Invalid config value for resource ${resource}: ${message}`)
}

async function changeOne(resource: ConfigResource, change: () => void | Promise<void>): Promise<ConfigChangeResult> {
  const { resourceType, resourceName } = resource
  try {
    await change()
    return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName }
  } catch (error) {
    if (error instanceof KafkaError) return failedConfigChange(resource, error)
    if (!(error instanceof ConfigError)) throw error
    return failedConfigChange(resource, refusalOf(resource, error))
  }
}

/**
 * Changes the configurations of topics and of this broker or all, one after the other: writes them to ZooKeeper, whence all brokers read
 * them, this one before it resolves, unless they are only to be validated. `changeLoggers` changes those of this process. One that is named twice is refused.
 */
export async function changeConfigs<Resource extends ConfigResource>(
  broker: BrokerServices,
  resources: readonly Resource[],
  changeOf: (resource: Resource) => ConfigChange,
  validateOnly: boolean,
  changeLoggers?: (resource: Resource) => void,
): Promise<ConfigChangeResult[]> {
  const keyOf = ({ resourceType, resourceName }: ConfigResource): string => `${resourceType}/${resourceName}`
  const duplicates = duplicatesOf(resources.map(keyOf))
  const twice = new KafkaError('INVALID_REQUEST', 'Each resource must appear at most once.')
  const results: ConfigChangeResult[] = []
  for (const resource of resources) {
    const isTwice = duplicates.has(keyOf(resource))
    const ofLoggers = resource.resourceType === ConfigResourceType.BROKER_LOGGER ? changeLoggers : undefined
    const change =
      ofLoggers === undefined
        ? () => changeResource(broker, resource, changeOf(resource), validateOnly)
        : () => ofLoggers(resource)
    results.push(isTwice ? failedConfigChange(resource, twice) : await changeOne(resource, change))
  }
  await broker.configChanges.caughtUp()
  return results
}

/** Throws INVALID_REQUEST for a key that is named twice. */
export function ensureDistinctKeys(changes: readonly { readonly name: string }[]): void {
  const twice = duplicatesOf(changes.map(({ name }) => name))
  if (twice.size === 0) return
  throw new KafkaError('INVALID_REQUEST', `Error due to duplicate config keys: ${[...twice].join(',')}`)
}

/** Throws INVALID_REQUEST for values that may not be null and are. */
export function ensureValues(changes: readonly { readonly name: string; readonly value: string | null }[]): void {
  const without = changes.filter(({ value }) => value === null)
  if (without.length === 0) return
  throw new KafkaError('INVALID_REQUEST', `Null value not supported for : ${without.map(({ name }) => name).join(',')}`)
}
