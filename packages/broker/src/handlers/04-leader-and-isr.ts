import { ErrorCode } from '@odradek/kafka-protocol'
import type { LeaderAndIsrRequest, LeaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import { leaderAndIsrRequest, leaderAndIsrResponse } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import type { ApiHandler } from './api-handler.ts'
import { ensureCurrentBroker } from './broker-epoch.ts'

/**
 * From the controller: which partitions this broker leads and follows.
 * Versions: 2 broker epoch, by topic; 3 reassignments; 4 flexible; 5 topic ids; 6 leader recovery; 7 the controller's kind. A broker of 3.9 sends 7.
 */
export const leaderAndIsrHandler: ApiHandler<LeaderAndIsrRequest, LeaderAndIsrResponse> = {
  request: leaderAndIsrRequest,
  response: leaderAndIsrResponse,
  minVersion: 0,
  maxVersion: 7,

  async handle(request, context) {
    ensureCurrentBroker(request, context)
    // A log opens with its topic's configuration.
    await context.broker.topicConfigs.ensureLoaded(topicNamesOf(request))
    const results = context.broker.replicaManager.becomeLeaderOrFollower(request)
    if (context.apiVersion < 5) {
      return {
        errorCode: ErrorCode.NONE,
        partitionErrors: results.map(({ topic, partitionIndex, errorCode }) => ({
          topicName: topic,
          partitionIndex,
          errorCode,
        })),
      }
    }
    const byTopicId = Map.groupBy(results, ({ topicId }) => topicId)
    return {
      errorCode: ErrorCode.NONE,
      topics: [...byTopicId].map(([topicId, partitions]) => ({
        topicId,
        partitionErrors: partitions.map(({ partitionIndex, errorCode }) => ({ partitionIndex, errorCode })),
      })),
    }
  },

  errorResponse: (_request, error) => ({ errorCode: error.errorCode }),
}

function topicNamesOf({ topicStates, ungroupedPartitionStates }: LeaderAndIsrRequest): string[] {
  const names = [...topicStates, ...ungroupedPartitionStates].map(({ topicName }) => topicName)
  return [...new Set(names)]
}
