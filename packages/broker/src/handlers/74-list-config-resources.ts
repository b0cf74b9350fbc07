import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  ListConfigResourcesRequest,
  ListConfigResourcesResponse,
} from '@odradek/kafka-protocol/messages/74-list-config-resources'
import {
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@odradek/kafka-protocol/messages/74-list-config-resources'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'
import { ConfigResourceType } from './config-resource.ts'

/** What resources there are of each type. */
const namesByType = new Map<number, (broker: BrokerServices) => Iterable<string>>([
  [ConfigResourceType.TOPIC, ({ metadataCache }) => metadataCache.topics.keys()],
  [ConfigResourceType.BROKER, ({ metadataCache }) => [...metadataCache.brokers.keys()].map(String)],
  [ConfigResourceType.BROKER_LOGGER, ({ metadataCache }) => [...metadataCache.brokers.keys()].map(String)],
  [ConfigResourceType.CLIENT_METRICS, ({ entityConfigs }) => entityConfigs.all('client-metrics').keys()],
  [ConfigResourceType.GROUP, ({ entityConfigs }) => entityConfigs.all('groups').keys()],
])

/**
 * ListConfigResources, key 74: what has a configuration. v0 is ListClientMetricsResources of Kafka 3.7 and asks for client metrics alone;
 * v1: of the types that are named, or of all (KIP-1142).
 */
export const listConfigResourcesHandler: ApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponse> = {
  request: listConfigResourcesRequest,
  response: listConfigResourcesResponse,
  minVersion: 0,
  maxVersion: 1,

  handle({ resourceTypes }, { broker, apiVersion }) {
    const all = apiVersion === 0 ? [ConfigResourceType.CLIENT_METRICS] : [...namesByType.keys()]
    const types = resourceTypes.length === 0 ? all : [...new Set(resourceTypes)]
    const configResources = types.flatMap((resourceType) => {
      const namesOf = namesByType.get(resourceType)
      if (namesOf === undefined) {
        throw new KafkaError(
          'UNSUPPORTED_VERSION',
          `Resource type ${resourceType} is not one whose resources are listed`,
        )
      }
      return Array.from(namesOf(broker), (resourceName) => ({ resourceName, resourceType }))
    })
    return { errorCode: ErrorCode.NONE, configResources }
  },

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
