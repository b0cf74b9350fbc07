import type { Input } from '@odradek/kafka-protocol'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { ProduceRequest, ProduceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { produceRequest, produceResponse } from '@odradek/kafka-protocol/messages/00-produce'
import { noTopicId } from '../core/topic-id.ts'
import type { AppendEntry, AppendOutcome } from '../host/partition/append-to-partitions.ts'
import { failedAppend } from '../host/partition/append-to-partitions.ts'
import type { ApiHandler, HandlerResult } from './api-handler.ts'
import { isInternalTopic } from '../core/topics/topic-name.ts'
import { LeaderHints } from './leader-hints.ts'
import type { RequestContext } from './request-context.ts'
import { recordsFault } from './records-fault.ts'

/** AdminClient's client id, which alone may write to internal topics through this API. */
const adminClientId = '__admin_client'

type TopicData = ProduceRequest['topicData'][number]

/**
 * Versions: 3 message format 2 only; 5 log start offset; 7 zstd; 8 errors per record; 9 flexible; 10 leader hints (KIP-951);
 * 11, 12 transactions without verification by the client (KIP-890); 13 topic ids.
 *
 * There is no transaction coordinator in this broker yet, so no producer can have added a partition to a transaction:
 * transactional batches are refused with INVALID_TXN_STATE, as Kafka refuses those of an unknown transaction.
 */
export const produceHandler: ApiHandler<ProduceRequest, ProduceResponse> = {
  request: produceRequest,
  response: produceResponse,
  minVersion: 3,
  maxVersion: 13,
  pipelined: true,
  isDoneWithRequest: true,

  handle(request, context) {
    const batches = batchesOf(request, context)
    const entries: AppendEntry[] = []
    for (const batch of batches) {
      if (batch.fault === undefined) entries.push(batch)
    }
    let answer: HandlerResult<ProduceResponse>
    let isAnswered = false
    let onAnswer: (() => void) | undefined
    context.broker.replicaManager.appendRecords(
      entries,
      { requiredAcks: request.acks, timeoutMs: request.timeoutMs, origin: 'client' },
      (outcomes) => {
        answer = answerOf(request, context, batches, outcomes)
        isAnswered = true
        onAnswer?.()
      },
    )
    if (isAnswered) return answer
    return new Promise((resolve) => {
      onAnswer = () => resolve(answer)
    })
  },

  errorResponse: (request, error) => ({
    responses: request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({
        index,
        ...partitionResponse(failedAppend(error.errorCode, error.message)),
      })),
    })),
  }),
}

/** A batch of the request: what is to be appended, or why it is not. */
interface RequestedBatch extends AppendEntry {
  readonly fault: AppendOutcome | undefined
}

const nothing = Buffer.alloc(0)

function batchesOf(request: ProduceRequest, context: RequestContext): RequestedBatch[] {
  const batches: RequestedBatch[] = []
  for (const topic of request.topicData) {
    const name = topicNameOf(topic, context)
    for (const { index, records } of topic.partitionData) {
      const fault =
        name === undefined ? failedAppend(ErrorCode.UNKNOWN_TOPIC_ID) : faultOf(name, request, records, context)
      batches.push({ topic: name ?? '', partitionIndex: index, records: records ?? nothing, fault })
    }
  }
  return batches
}

function topicNameOf(topic: TopicData, { apiVersion, broker }: RequestContext): string | undefined {
  if (apiVersion < 13) return topic.name
  return topic.topicId === noTopicId ? undefined : broker.metadataCache.topicById(topic.topicId)?.name
}

function faultOf(
  topic: string,
  request: ProduceRequest,
  records: Buffer | null,
  { apiVersion, broker, clientId }: RequestContext,
): AppendOutcome | undefined {
  if (broker.metadataCache.topic(topic) === undefined) return failedAppend(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
  if (request.acks < -1 || request.acks > 1) {
    return failedAppend(ErrorCode.INVALID_REQUIRED_ACKS, `acks must be -1, 0 or 1, not ${request.acks}`)
  }
  if (isInternalTopic(topic) && clientId !== adminClientId) {
    return failedAppend(ErrorCode.INVALID_TOPIC_EXCEPTION, `Cannot append to internal topic ${topic}`)
  }
  const fault = recordsFault(records, apiVersion, request.transactionalId)
  return fault === undefined ? undefined : failedAppend(fault.errorCode, fault.message)
}

/** The answer to all batches: with acks=0 none, or, so that the producer looks for the leader again, the end of the connection after an error. */
function answerOf(
  request: ProduceRequest,
  context: RequestContext,
  batches: readonly RequestedBatch[],
  outcomes: readonly AppendOutcome[],
): HandlerResult<ProduceResponse> {
  let nextOutcome = 0
  const all = batches.map(({ fault }) => fault ?? (outcomes[nextOutcome++] as AppendOutcome))
  if (request.acks === 0) return endOfUnanswered(request, context, batches, all)
  const hints = new LeaderHints(context)
  let next = 0
  return {
    responses: request.topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => {
        const outcome = all[next] as AppendOutcome
        const topic = (batches[next++] as RequestedBatch).topic
        const response = partitionResponse(outcome)
        if (context.apiVersion >= 10 && outcome.errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER) {
          return { index, ...response, currentLeader: hints.leaderOf(topic, index) }
        }
        return { index, ...response }
      }),
    })),
    nodeEndpoints: hints.nodeEndpoints,
  }
}

function endOfUnanswered(
  request: ProduceRequest,
  { broker, connection, clientId }: RequestContext,
  batches: readonly RequestedBatch[],
  outcomes: readonly AppendOutcome[],
): 'close' | undefined {
  const failed = outcomes.findIndex(({ errorCode }) => errorCode !== ErrorCode.NONE)
  if (failed < 0) return undefined
  const { topic, partitionIndex } = batches[failed] as RequestedBatch
  broker.env.log.info('Connection closed: a produce request that wants no answer (acks=0) failed', {
    client: connection.clientHost,
    clientId,
    partition: `${topic}-${partitionIndex}`,
    errorCode: (outcomes[failed] as AppendOutcome).errorCode,
    batches: request.topicData.length,
  })
  return 'close'
}

function partitionResponse(
  outcome: AppendOutcome,
): Input<ProduceResponse['responses'][number]['partitionResponses'][number]> {
  return {
    errorCode: outcome.errorCode,
    errorMessage: outcome.errorMessage,
    baseOffset: BigInt(outcome.baseOffset),
    logAppendTimeMs: BigInt(outcome.logAppendTimeMs),
    logStartOffset: BigInt(outcome.logStartOffset),
    recordErrors: outcome.recordErrors,
  }
}
