import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { ApiVersionsRequest, ApiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import { apiVersionsRequest, apiVersionsResponse } from '@odradek/kafka-protocol/messages/18-api-versions'
import type { ApiHandler } from './api-handler.ts'

const legalSoftwareName = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/

/**
 * Versions: 3 flexible, the client's name and version (KIP-511), features; 4 features whose lowest level is 0. A newer version than these is answered in version 0,
 * with UNSUPPORTED_VERSION and this API's versions. There are no features in ZooKeeper mode, but an epoch of them: the version of the znode that says so.
 */
export const apiVersionsHandler: ApiHandler<ApiVersionsRequest, ApiVersionsResponse> = {
  request: apiVersionsRequest,
  response: apiVersionsResponse,
  minVersion: 0,
  maxVersion: 4,

  handle(request, { apiVersion, broker, connection }) {
    if (apiVersion >= 3) {
      const { clientSoftwareName, clientSoftwareVersion } = request
      if (!legalSoftwareName.test(clientSoftwareName) || !legalSoftwareName.test(clientSoftwareVersion)) {
        throw new KafkaError('INVALID_REQUEST', 'the client software name or version is not one')
      }
      connection.softwareName = clientSoftwareName
      connection.softwareVersion = clientSoftwareVersion
    }
    return { errorCode: ErrorCode.NONE, apiKeys: broker.apiVersions, finalizedFeaturesEpoch: 0n }
  },

  errorResponse: (_request, error) => ({
    errorCode: error.errorCode,
    apiKeys:
      error.errorCode === ErrorCode.UNSUPPORTED_VERSION
        ? [{ apiKey: 18, minVersion: apiVersionsHandler.minVersion, maxVersion: apiVersionsHandler.maxVersion }]
        : [],
  }),
}
