import { KafkaError } from '@odradek/kafka-protocol'
import type {
  IncrementalAlterConfigsRequest,
  IncrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '@odradek/kafka-protocol/messages/44-incremental-alter-configs'
import type { ConfigKey } from '../config/config-key.ts'
import { splitList } from '../config/config-key.ts'
import { AlterOperation } from './alter-operation.ts'
import type { ApiHandler } from './api-handler.ts'
import { changeBrokerLoggers } from './broker-loggers.ts'
import type { ConfigChange, ConfigChangeContext } from './change-config.ts'
import { changeConfigs, ensureDistinctKeys, ensureValues, failedConfigChange } from './change-config.ts'
import { ensureLoggersOf } from './config-resource.ts'

type Resource = IncrementalAlterConfigsRequest['resources'][number]
type Change = Resource['configs'][number]

function changedList(
  config: Map<string, string>,
  change: Change,
  definition: ConfigKey | undefined,
  { defaultOf }: ConfigChangeContext,
): string {
  if (definition?.type !== 'list') {
    throw new KafkaError(
      'INVALID_CONFIG',
      `Config value ${change.configOperation === AlterOperation.APPEND ? 'append' : 'subtract'} is not allowed for config key: ${change.name}`,
    )
  }
  const before = splitList(config.get(change.name) ?? defaultOf(definition))
  const named = splitList(change.value ?? '')
  return change.configOperation === AlterOperation.APPEND
    ? [...before, ...named.filter((item) => !before.includes(item))].join(',')
    : before.filter((item) => !named.includes(item)).join(',')
}

/** Applies the changes to what is set. */
function applyChanges({ configs }: Resource): ConfigChange {
  return (config, context) => {
    ensureDistinctKeys(configs)
    ensureValues(configs.filter(({ configOperation }) => configOperation !== AlterOperation.DELETE))
    for (const change of configs) {
      const { name, value } = change
      switch (change.configOperation) {
        case AlterOperation.SET:
          config.set(name, value ?? '')
          break
        case AlterOperation.DELETE:
          config.delete(name)
          break
        case AlterOperation.APPEND:
        case AlterOperation.SUBTRACT:
          config.set(name, changedList(config, change, context.definitionOf(name), context))
          break
        default:
          throw new KafkaError('INVALID_REQUEST', `Unknown config operation ${change.configOperation} for ${name}`)
      }
    }
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

  handle: async ({ resources, validateOnly }, { broker }) => ({
    responses: await changeConfigs(broker, resources, applyChanges, validateOnly, ({ resourceName, configs }) => {
      ensureDistinctKeys(configs)
      ensureValues(configs.filter(({ configOperation }) => configOperation !== AlterOperation.DELETE))
      ensureLoggersOf(resourceName, broker.brokerId)
      changeBrokerLoggers(broker.env.log.levels, configs, validateOnly)
    }),
  }),

  errorResponse: ({ resources }, error) => ({
    responses: resources.map((resource) => failedConfigChange(resource, error)),
  }),
}
