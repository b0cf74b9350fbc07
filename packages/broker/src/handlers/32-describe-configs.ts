import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '@odradek/kafka-protocol/messages/32-describe-configs'
import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import type { DescribedConfig } from '../config/describe-configs.ts'
import {
  describeBrokerConfigs,
  describeClusterConfigs,
  describeOwnEntityConfigs,
  describeTopicConfigs,
} from '../config/describe-configs.ts'
import { topicNameFault } from '../core/topics/topic-name.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'
import { describeBrokerLoggers } from './broker-loggers.ts'
import { brokerIdOfResource, ConfigResourceType, ensureLoggersOf } from './config-resource.ts'

type Resource = DescribeConfigsRequest['resources'][number]
type Result = NonNullable<Input<DescribeConfigsResponse>['results']>[number]

async function describeTopic(broker: BrokerServices, name: string): Promise<DescribedConfig[]> {
  const fault = topicNameFault(name)
  if (fault !== undefined) throw new KafkaError('INVALID_TOPIC_EXCEPTION', fault)
  if (broker.metadataCache.topic(name) === undefined) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION')
  await broker.topicConfigs.ensureLoaded([name])
  return describeTopicConfigs(broker.topicConfigs.overridesOf(name), broker.dynamicConfig.texts)
}

async function describeResource(
  broker: BrokerServices,
  { resourceType, resourceName }: Resource,
): Promise<DescribedConfig[]> {
  switch (resourceType) {
    case ConfigResourceType.TOPIC:
      return describeTopic(broker, resourceName)
    case ConfigResourceType.BROKER:
      return brokerIdOfResource(resourceName, broker.brokerId) === undefined
        ? describeClusterConfigs(broker.dynamicConfig.texts)
        : describeBrokerConfigs(broker.dynamicConfig.texts)
    case ConfigResourceType.GROUP:
      if (resourceName === '') throw new KafkaError('INVALID_REQUEST', 'Group name must not be empty')
      return describeOwnEntityConfigs(
        'groups',
        broker.entityConfigs.overridesOf('groups', resourceName),
        groupDefaults(broker),
      )
    case ConfigResourceType.CLIENT_METRICS: {
      if (resourceName === '')
        throw new KafkaError('INVALID_REQUEST', 'Client metrics subscription name must not be empty')
      const overrides = broker.entityConfigs.overridesOf('client-metrics', resourceName)
      return overrides.size === 0 ? [] : describeOwnEntityConfigs('client-metrics', overrides, new Map())
    }
    case ConfigResourceType.BROKER_LOGGER:
      ensureLoggersOf(resourceName, broker.brokerId)
      return describeBrokerLoggers(broker.env.log.levels)
    default:
      throw new KafkaError('INVALID_REQUEST', `Unsupported resource type: ${resourceType}`)
  }
}

/** A group that has nothing of its own has what the broker's keys say. */
function groupDefaults({ config }: BrokerServices): Map<string, string> {
  return new Map([
    ['consumer.session.timeout.ms', String(config.groupConsumerSessionTimeoutMs)],
    ['consumer.heartbeat.interval.ms', String(config.groupConsumerHeartbeatIntervalMs)],
  ])
}

function resultOf(
  resource: Resource,
  configs: readonly DescribedConfig[],
  { includeSynonyms, includeDocumentation }: DescribeConfigsRequest,
): Result {
  const { resourceType, resourceName, configurationKeys } = resource
  const isWanted = ({ name }: DescribedConfig): boolean =>
    configurationKeys === null || configurationKeys.length === 0 || configurationKeys.includes(name)
  return {
    errorCode: ErrorCode.NONE,
    resourceType,
    resourceName,
    configs: configs.filter(isWanted).map((config) => ({
      name: config.name,
      value: config.value,
      readOnly: config.isReadOnly,
      configSource: config.source,
      isSensitive: config.isSensitive,
      synonyms: includeSynonyms ? config.synonyms.map((synonym) => ({ ...synonym })) : [],
      configType: config.typeId,
      documentation: includeDocumentation ? config.documentation : null,
    })),
  }
}

function failed({ resourceType, resourceName }: Resource, { errorCode, message }: KafkaError): Result {
  return { errorCode, errorMessage: message, resourceType, resourceName, configs: [] }
}

/** DescribeConfigs, key 32: of topics, of this broker, of all brokers together, of groups, and of subscriptions to clients' metrics. v3: documentation and types; v4: flexible. */
export const describeConfigsHandler: ApiHandler<DescribeConfigsRequest, DescribeConfigsResponse> = {
  request: describeConfigsRequest,
  response: describeConfigsResponse,
  minVersion: 1,
  maxVersion: 4,

  async handle(request, { broker }) {
    const results = request.resources.map(async (resource) => {
      try {
        return resultOf(resource, await describeResource(broker, resource), request)
      } catch (error) {
        if (error instanceof KafkaError) return failed(resource, error)
        throw error
      }
    })
    return { results: await Promise.all(results) }
  },

  errorResponse: ({ resources }, error) => ({ results: resources.map((resource) => failed(resource, error)) }),
}
