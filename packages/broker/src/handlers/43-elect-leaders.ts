import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type { ElectLeadersRequest, ElectLeadersResponse } from '@odradek/kafka-protocol/messages/43-elect-leaders'
import { electLeadersRequest, electLeadersResponse } from '@odradek/kafka-protocol/messages/43-elect-leaders'
import type { LeaderElectionKind, LeaderElectionResult, PartitionName } from '../core/controller/elect-leaders.ts'
import { awaitMetadata } from '../host/await-metadata.ts'
import type { BrokerServices } from '../host/broker-services.ts'
import type { ApiHandler } from './api-handler.ts'

const kinds: readonly LeaderElectionKind[] = ['preferred', 'unclean']

function namesOf({ topicPartitions }: ElectLeadersRequest, broker: BrokerServices): PartitionName[] {
  if (topicPartitions !== null) {
    return topicPartitions.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
  }
  return [...broker.metadataCache.topics.values()].flatMap(({ name, partitions }) =>
    Array.from(partitions.keys(), (partition) => ({ topic: name, partition })),
  )
}

/** Those that were elected and that the metadata do not name yet. */
function pendingOf(
  { metadataCache }: BrokerServices,
  results: readonly LeaderElectionResult[],
): LeaderElectionResult[] {
  return results.filter(
    ({ topic, partition, leader, errorCode }) =>
      errorCode === ErrorCode.NONE && metadataCache.partition(topic, partition)?.leader !== leader,
  )
}

function answerOf(results: readonly LeaderElectionResult[]): Input<ElectLeadersResponse> {
  return {
    errorCode: ErrorCode.NONE,
    replicaElectionResults: [...Map.groupBy(results, ({ topic }) => topic)].map(([topic, partitions]) => ({
      topic,
      partitionResult: partitions.map(({ partition, errorCode, errorMessage }) => ({
        partitionId: partition,
        errorCode,
        errorMessage,
      })),
    })),
  }
}

/**
 * ElectLeaders, key 43 (KIP-183, KIP-460): by the controller only; answered when the metadata show the new leaders. Of all partitions, those
 * that need no election are left out of the answer. v0: preferred leaders only; v1: unclean ones; v2: flexible.
 */
export const electLeadersHandler: ApiHandler<ElectLeadersRequest, ElectLeadersResponse> = {
  request: electLeadersRequest,
  response: electLeadersResponse,
  minVersion: 0,
  maxVersion: 2,

  async handle(request, { broker }) {
    const kind = kinds[request.electionType]
    if (kind === undefined) {
      throw new KafkaError('INVALID_REQUEST', `Election type ${request.electionType} is neither preferred nor unclean`)
    }
    const reply = await broker.controller.electLeaders({ kind, partitions: namesOf(request, broker) })
    if (reply.results === undefined) throw new KafkaError('NOT_CONTROLLER')
    const { results } = reply
    const isDone = (): boolean => pendingOf(broker, results).length === 0
    await awaitMetadata(broker.deadlines, broker.metadataCache, isDone, request.timeoutMs)
    const late = new Set(pendingOf(broker, results))
    return answerOf(
      results
        .filter(({ errorCode }) => request.topicPartitions !== null || errorCode !== ErrorCode.ELECTION_NOT_NEEDED)
        .map((result) => (late.has(result) ? { ...result, errorCode: ErrorCode.REQUEST_TIMED_OUT } : result)),
    )
  },

  errorResponse: ({ topicPartitions }, { errorCode }, { apiVersion }) => ({
    ...(apiVersion >= 1 ? { errorCode } : {}),
    replicaElectionResults: (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, errorCode })),
    })),
  }),
}
