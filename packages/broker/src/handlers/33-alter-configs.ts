import type { AlterConfigsRequest, AlterConfigsResponse } from '@odradek/kafka-protocol/messages/33-alter-configs'
import { alterConfigsRequest, alterConfigsResponse } from '@odradek/kafka-protocol/messages/33-alter-configs'
import type { ApiHandler } from './api-handler.ts'
import type { ConfigChange } from './change-config.ts'
import { changeConfigs, ensureDistinctKeys, ensureValues, failedConfigChange } from './change-config.ts'

/** What is named is set, and all else goes back to its default. */
function replaceAll({ configs }: AlterConfigsRequest['resources'][number]): ConfigChange {
  return (config) => {
    ensureDistinctKeys(configs)
    ensureValues(configs)
    config.clear()
    for (const { name, value } of configs) config.set(name, value ?? '')
  }
}

/**
 * AlterConfigs, key 33: sets all that a topic or broker has in one go. IncrementalAlterConfigs has taken its place.
 * v1: as v0; v2: flexible.
 */
export const alterConfigsHandler: ApiHandler<AlterConfigsRequest, AlterConfigsResponse> = {
  request: alterConfigsRequest,
  response: alterConfigsResponse,
  minVersion: 0,
  maxVersion: 2,

  handle: async ({ resources, validateOnly }, { broker }) => ({
    responses: await changeConfigs(broker, resources, replaceAll, validateOnly),
  }),

  errorResponse: ({ resources }, error) => ({
    responses: resources.map((resource) => failedConfigChange(resource, error)),
  }),
}
