import { describeConfigsRequest, describeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import type { DescribeConfigsResponse } from '@odradek/kafka-protocol/messages/32-describe-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import {
  listConfigResourcesRequest,
  listConfigResourcesResponse,
} from '@odradek/kafka-protocol/messages/74-list-config-resources'
import type { AdminRequests, Target } from './admin-requests.ts'
import { anyBroker } from './admin-requests.ts'
import { nameOf } from './operations.ts'
import { allFailed, failureOf, settleBatch } from './settle-batch.ts'
import type { Outcomes } from './settle-batch.ts'

/** Kafka's ConfigResource.Type. */
export const configResourceTypes = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

export interface ConfigResource {
  readonly type: keyof typeof configResourceTypes
  /** A topic, a group, a broker's id; for BROKER the empty name means what all brokers share. */
  readonly name: string
}

/** Where a value comes from: Kafka's ConfigEntry.ConfigSource. */
const configSources = {
  UNKNOWN: 0,
  DYNAMIC_TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  DYNAMIC_CLIENT_METRICS_CONFIG: 7,
  DYNAMIC_GROUP_CONFIG: 8,
} as const
export type ConfigSource = keyof typeof configSources

const configTypes = {
  UNKNOWN: 0,
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const

export interface ConfigEntry {
  readonly name: string
  /** Null for sensitive values, which no broker tells, and for keys without one. */
  readonly value: string | null
  readonly source: ConfigSource
  readonly isReadOnly: boolean
  readonly isSensitive: boolean
  readonly type: keyof typeof configTypes
  readonly documentation: string | null
  /** Where the value would come from next, the one in force first; empty unless asked for. */
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: ConfigSource }[]
}

export interface DescribeConfigsOptions {
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

/** The configuration of resources, in the order asked for. Brokers and their loggers answer for themselves. */
export async function describeConfigs(
  requests: AdminRequests,
  resources: readonly ConfigResource[],
  { includeSynonyms = false, includeDocumentation = false }: DescribeConfigsOptions = {},
): Promise<(ConfigResource & { readonly entries: readonly ConfigEntry[] })[]> {
  const found = await askResources(requests, resources, async (target, items) => {
    const answer = await requests.send(target, describeConfigsRequest, describeConfigsResponse, {
      resources: items.map(({ type, name }) => ({
        resourceType: configResourceTypes[type],
        resourceName: name,
        configurationKeys: null,
      })),
      includeSynonyms,
      includeDocumentation,
    })
    return new Map(
      answer.results.map(({ resourceType, resourceName, errorCode, errorMessage, configs }) => [
        `${nameOf(configResourceTypes, resourceType)} ${resourceName}`,
        failureOf(errorCode, errorMessage) ?? configs.map(configEntry),
      ]),
    )
  })
  return resources.map((resource) => ({ ...resource, entries: found.get(resourceKey(resource)) ?? [] }))
}

function configEntry(config: DescribeConfigsResponse['results'][number]['configs'][number]): ConfigEntry {
  const { name, value, configSource, readOnly, isSensitive, configType, documentation, synonyms } = config
  return {
    name,
    value,
    source: nameOf(configSources, configSource),
    isReadOnly: readOnly,
    isSensitive,
    type: nameOf(configTypes, configType),
    documentation,
    synonyms: synonyms.map(({ source, ...synonym }) => ({ ...synonym, source: nameOf(configSources, source) })),
  }
}

const alterOperations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

export interface AlterConfigOp {
  readonly name: string
  /** SET and DELETE for all keys; APPEND and SUBTRACT for lists. */
  readonly operation: keyof typeof alterOperations
  /** Null or missing for DELETE. */
  readonly value?: string | null
}

/** Changes single keys of resources and leaves the others as they are (KIP-339). */
export async function incrementalAlterConfigs(
  requests: AdminRequests,
  changes: readonly (ConfigResource & { readonly operations: readonly AlterConfigOp[] })[],
  { validateOnly = false }: { readonly validateOnly?: boolean } = {},
): Promise<void> {
  await askResources(requests, changes, async (target, items) => {
    const answer = await requests.send(target, incrementalAlterConfigsRequest, incrementalAlterConfigsResponse, {
      resources: items.map(({ type, name, operations }) => ({
        resourceType: configResourceTypes[type],
        resourceName: name,
        configs: operations.map(({ name: key, operation, value = null }) => ({
          name: key,
          configOperation: alterOperations[operation],
          value,
        })),
      })),
      validateOnly,
    })
    return new Map(
      answer.responses.map(({ resourceType, resourceName, errorCode, errorMessage }) => [
        `${nameOf(configResourceTypes, resourceType)} ${resourceName}`,
        failureOf(errorCode, errorMessage),
      ]),
    )
  })
}

/** The resources that have a configuration of their own; all types without a list of them. Brokers from Kafka 4.1 on. */
export async function listConfigResources(
  requests: AdminRequests,
  types: readonly ConfigResource['type'][] = [],
): Promise<ConfigResource[]> {
  const answer = await requests.call(anyBroker, listConfigResourcesRequest, listConfigResourcesResponse, (version) =>
    version === 0 ? {} : { resourceTypes: types.map((type) => configResourceTypes[type]) },
  )
  return answer.configResources.flatMap(({ resourceType, resourceName }) => {
    const type = nameOf(configResourceTypes, resourceType)
    return type === 'UNKNOWN' ? [] : { type, name: resourceName }
  })
}

function resourceKey({ type, name }: ConfigResource): string {
  return `${type} ${name}`
}

/** One request for what any broker answers, and one to each broker that only it can answer. */
function askResources<Item extends ConfigResource, Value>(
  requests: AdminRequests,
  items: readonly Item[],
  ask: (target: Target, items: readonly Item[]) => Promise<Outcomes<Value>>,
): Promise<Map<string, Value>> {
  const byKey = new Map(items.map((item) => [resourceKey(item), item]))
  return settleBatch<Value>(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const groups = Map.groupBy(
      pending.map((key) => byKey.get(key) as Item),
      ({ type, name }) => ((type === 'BROKER' || type === 'BROKER_LOGGER') && name !== '' ? Number(name) : undefined),
    )
    const answers = [...groups].map(([id, ofTarget]) =>
      ask(id === undefined ? anyBroker : { kind: 'broker', id }, ofTarget).catch((error: unknown) =>
        allFailed<Value>(ofTarget.map(resourceKey), error),
      ),
    )
    return new Map((await Promise.all(answers)).flatMap((outcomes) => [...outcomes]))
  })
}
