import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '@odradek/kafka-protocol/messages/60-describe-cluster'
import { describeClusterRequest, describeClusterResponse } from '@odradek/kafka-protocol/messages/60-describe-cluster'
import type { ApiHandler } from './api-handler.ts'
import { authorizedOperations } from './authorized-operations.ts'

const brokersEndpoint = 1
const controllersEndpoint = 2

/** Versions: 1 which kind of endpoint the client believes this to be (KIP-919); 2 fenced brokers, of which ZooKeeper mode has none. */
export const describeClusterHandler: ApiHandler<DescribeClusterRequest, DescribeClusterResponse> = {
  request: describeClusterRequest,
  response: describeClusterResponse,
  minVersion: 0,
  maxVersion: 2,

  handle({ endpointType, includeClusterAuthorizedOperations }, { broker, connection }) {
    if (endpointType === controllersEndpoint) {
      throw new KafkaError('MISMATCHED_ENDPOINT_TYPE', 'The request was sent to a broker, not to a controller of KRaft')
    }
    if (endpointType !== brokersEndpoint) {
      throw new KafkaError('UNSUPPORTED_ENDPOINT_TYPE', `Endpoint type ${endpointType} is not known`)
    }
    const { brokers, controllerId } = broker.metadataCache
    return {
      errorCode: ErrorCode.NONE,
      endpointType,
      clusterId: broker.clusterId,
      controllerId: brokers.has(controllerId) ? controllerId : -1,
      brokers: [...brokers.values()].flatMap(({ id, rack, endpoints }) => {
        const endpoint = endpoints.get(connection.listenerName)
        return endpoint === undefined ? [] : [{ brokerId: id, host: endpoint.host, port: endpoint.port, rack }]
      }),
      clusterAuthorizedOperations: includeClusterAuthorizedOperations
        ? authorizedOperations.cluster
        : authorizedOperations.notAsked,
    }
  },

  errorResponse: (_request, error) => ({ errorCode: error.errorCode, errorMessage: error.message }),
}
