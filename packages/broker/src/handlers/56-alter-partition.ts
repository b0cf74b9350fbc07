import type { AlterPartitionRequest, AlterPartitionResponse } from '@odradek/kafka-protocol/messages/56-alter-partition'
import { alterPartitionRequest, alterPartitionResponse } from '@odradek/kafka-protocol/messages/56-alter-partition'
import type { ApiHandler } from './api-handler.ts'

/** AlterPartition, key 56: a leader asks the controller to change the in-sync replicas (KIP-497). v2: topic ids; v3: epochs of the brokers. */
export const alterPartitionHandler: ApiHandler<AlterPartitionRequest, AlterPartitionResponse> = {
  request: alterPartitionRequest,
  response: alterPartitionResponse,
  minVersion: 2,
  maxVersion: 3,

  handle: (request, { broker, apiVersion }) => broker.controller.alterPartition(request, apiVersion),

  errorResponse: (_request, { errorCode }) => ({ errorCode }),
}
