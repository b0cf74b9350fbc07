import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import { brokerKeyNamed } from '../config/broker-keys.ts'
import { ConfigError } from '../config/config-error.ts'
import type { ConfigKey } from '../config/config-key.ts'
import { splitList } from '../config/config-key.ts'
import { effectiveBrokerTexts, validateDynamicBrokerConfig } from '../config/describe-configs.ts'
import { parseBrokerConfig } from '../config/parse-broker-config.ts'
import { topicDefaultText, validateTopicConfig } from '../config/resolve-topic-config.ts'
import { topicKeyNamed } from '../config/topic-keys.ts'
import { topicNameFault } from '../core/topics/topic-name.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import { announceConfigChange, readConfigEntity, writeConfigEntity } from '../host/config-writer.ts'
import { DEFAULT_ENTITY } from '../znodes/config-entity.ts'
import type { ConfigEntityType } from '../znodes/config-entity.ts'
import { topicPath } from '../znodes/topic.ts'
import type { ApiHandler } from './api-handler.ts'
import { brokerIdOfResource, ConfigResourceType } from './config-resource.ts'

type Resource = IncrementalAlterConfigsRequest['resources'][number]
type Change = Resource['configs'][number]
type Result = NonNullable<Input<IncrementalAlterConfigsResponse>['responses']>[number]

const Operation = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

/** What a list has before anything is appended to it or taken away. */
type DefaultOf = (definition: ConfigKey) => string

function changedList(
  config: Map<string, string>,
  change: Change,
  definition: ConfigKey | undefined,
  defaultOf: DefaultOf,
): string {
  if (definition?.type !== 'list') {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Config value ${change.configOperation === Operation.APPEND ? 'append' : 'subtract'} is not allowed for config key: ${change.name}`,
    )
  }
  const before = splitList(config.get(change.name) ?? defaultOf(definition))
  const named = splitList(change.value ?? '')
  return change.configOperation === Operation.APPEND
    ? [...before, ...named.filter((item) => !before.includes(item))].join(',')
    : before.filter((item) => !named.includes(item)).join(',')
}

/** Applies the changes to what is set. */
function applyChanges(
  config: Map<string, string>,
  changes: readonly Change[],
  definitionOf: (name: string) => ConfigKey | undefined,
  defaultOf: DefaultOf,
): void {
  for (const change of changes) {
    const { name, value } = change
    switch (change.configOperation) {
      case Operation.SET:
        config.set(name, value ?? '')
        break
      case Operation.DELETE:
        config.delete(name)
        break
      case Operation.APPEND:
      case Operation.SUBTRACT:
        config.set(name, changedList(config, change, definitionOf(name), defaultOf))
        break
      default:
        throw new KafkaError('INVALID_REQUEST', `Unknown config operation ${change.configOperation} for ${name}`)
    }
  }
}

function ensureChanges(changes: readonly Change[]): void {
  const names = changes.map(({ name }) => name)
  if (new Set(names).size !== names.length) {
    const twice = names.filter((name, index) => names.indexOf(name) !== index)
    throw new KafkaError('INVALID_REQUEST', `Error due to duplicate config keys: ${[...new Set(twice)].join(',')}`)
  }
  const without = changes.filter(({ value, configOperation }) => value === null && configOperation !== Operation.DELETE)
  if (without.length > 0) {
    throw new KafkaError(
      'INVALID_REQUEST',
      `Null value not supported for : ${without.map(({ name }) => name).join(',')}`,
    )
  }
}

async function alterTopic(
  broker: BrokerServices,
  { resourceName: name, configs }: Resource,
  validateOnly: boolean,
): Promise<void> {
  if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default topic resources are not allowed.')
  const fault = topicNameFault(name)
  if (fault !== undefined) throw new KafkaError('INVALID_TOPIC_EXCEPTION', fault)
  const config = await readConfigEntity(broker.zookeeper, 'topics', name)
  const brokerTexts = effectiveBrokerTexts(broker.dynamicConfig.texts)
  applyChanges(config, configs, topicKeyNamed, (definition) => topicDefaultText(definition, brokerTexts))
  if ((await broker.zookeeper.run((client) => client.exists(topicPath(name)))) === undefined) {
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
  }
  validateTopicConfig(config)
  if (!validateOnly) await write(broker, 'topics', name, config)
}

async function alterBroker(
  broker: BrokerServices,
  { resourceName, configs }: Resource,
  validateOnly: boolean,
): Promise<void> {
  const isPerBroker = brokerIdOfResource(resourceName, broker.brokerId) !== undefined
  const entity = isPerBroker ? String(broker.brokerId) : DEFAULT_ENTITY
  const config = await readConfigEntity(broker.zookeeper, 'brokers', entity)
  const { texts } = broker.dynamicConfig
  applyChanges(
    config,
    configs,
    brokerKeyNamed,
    (definition) => texts.staticBroker.get(definition.name) ?? definition.defaultText ?? '',
  )
  validateDynamicBrokerConfig(config, isPerBroker)
  parseBrokerConfig(effectiveBrokerTexts({ ...texts, [isPerBroker ? 'dynamicBroker' : 'dynamicDefault']: config }))
  if (!validateOnly) await write(broker, 'brokers', entity, config)
}

async function write(
  broker: BrokerServices,
  type: ConfigEntityType,
  name: string,
  config: ReadonlyMap<string, string>,
): Promise<void> {
  await writeConfigEntity(broker.zookeeper, type, name, config)
  await announceConfigChange(broker.zookeeper, type, name)
}

async function alterResource(broker: BrokerServices, resource: Resource, validateOnly: boolean): Promise<void> {
  ensureChanges(resource.configs)
  switch (resource.resourceType) {
    case ConfigResourceType.TOPIC:
      return alterTopic(broker, resource, validateOnly)
    case ConfigResourceType.BROKER:
      return alterBroker(broker, resource, validateOnly)
    default:
      throw new KafkaError(
        'INVALID_REQUEST',
        `AlterConfigs is only supported for topics and brokers, but resource type is ${resource.resourceType}`,
      )
  }
}

function failed({ resourceType, resourceName }: Resource, { errorCode, message }: KafkaError): Result {
  return { errorCode, errorMessage: message, resourceType, resourceName }
}

async function alterOne(broker: BrokerServices, resource: Resource, validateOnly: boolean): Promise<Result> {
  const { resourceType, resourceName } = resource
  try {
    await alterResource(broker, resource, validateOnly)
    return { errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName }
  } catch (error) {
    if (error instanceof KafkaError) return failed(resource, error)
    if (!(error instanceof ConfigError)) throw error
    return failed(resource, new KafkaError('INVALID_CONFIG', error.message))
  }
}

/** IncrementalAlterConfigs, key 44 (KIP-339): any broker writes; all read again what changed. v1: flexible. */
export const incrementalAlterConfigsHandler: ApiHandler<
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse
> = {
  request: incrementalAlterConfigsRequest,
  response: incrementalAlterConfigsResponse,
  minVersion: 0,
  maxVersion: 1,

  async handle({ resources, validateOnly }, { broker }) {
    const keyOf = ({ resourceType, resourceName }: Resource): string => `${resourceType}/${resourceName}`
    const keys = resources.map(keyOf)
    const twice = new KafkaError('INVALID_REQUEST', 'Each resource must appear at most once.')
    const responses: Result[] = []
    for (const resource of resources) {
      const isTwice = keys.filter((key) => key === keyOf(resource)).length > 1
      responses.push(isTwice ? failed(resource, twice) : await alterOne(broker, resource, validateOnly))
    }
    return { responses }
  },

  errorResponse: ({ resources }, error) => ({ responses: resources.map((resource) => failed(resource, error)) }),
}
