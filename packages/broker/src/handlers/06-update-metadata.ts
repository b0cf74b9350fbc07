import { ErrorCode } from '@odradek/kafka-protocol'
import type { UpdateMetadataRequest, UpdateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import { updateMetadataRequest, updateMetadataResponse } from '@odradek/kafka-protocol/messages/06-update-metadata'
import type { ApiHandler } from './api-handler.ts'
import { ensureCurrentBroker } from './broker-epoch.ts'

/**
 * From the controller: what there is in the cluster, wholly at first, then what changed.
 * Versions: 1 several endpoints; 2 racks; 3 listener names; 4 offline replicas; 5 broker epoch, by topic; 6 flexible; 7 topic ids; 8 the controller's kind.
 * A broker of 3.9 sends 8.
 */
export const updateMetadataHandler: ApiHandler<UpdateMetadataRequest, UpdateMetadataResponse> = {
  request: updateMetadataRequest,
  response: updateMetadataResponse,
  minVersion: 0,
  maxVersion: 8,

  handle(request, context) {
    ensureCurrentBroker(request, context)
    const { broker } = context
    broker.replicaManager.ensureController(request.controllerEpoch)
    broker.metadataCache.update(request)
    return { errorCode: ErrorCode.NONE }
  },

  errorResponse: (_request, error) => ({ errorCode: error.errorCode }),
}
