import type { Input } from '@odradek/kafka-protocol'
import { ErrorCode } from '@odradek/kafka-protocol'
import type { FetchRequest, FetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import { fetchRequest, fetchResponse } from '@odradek/kafka-protocol/messages/01-fetch'
import type { FetchAnswer, FetchContext } from '../core/fetch-session/fetch-context.ts'
import type { PartitionName } from '../core/fetch-session/fetch-session.ts'
import type { PartitionFetch, PartitionRead } from '../core/partition/partition-fetch.ts'
import { noTopicId } from '../core/topic-id.ts'
import type { FetchOptions } from '../host/partition/fetch-reader.ts'
import { quotaOwnerOf, throttleOfFetch } from '../host/throttle.ts'
import type { ApiHandler } from './api-handler.ts'
import { LeaderHints } from './leader-hints.ts'
import { ensureIsolationLevel } from './isolation-level.ts'
import type { RequestContext } from './request-context.ts'

/**
 * What one answer to a consumer is made of at most: more is read while everybody else waits, and held until the slowest reader has taken it. It asks again.
 */
const answerBytesMax = 16 * 1024 * 1024
/** What an answer can say; an int32. */
const throttleMsMax = 2 ** 31 - 1

type PartitionData = FetchResponse['responses'][number]['partitions'][number]

/**
 * Versions: 4 isolation level; 5 log start offset; 7 sessions (KIP-227); 9 leader epochs (KIP-320); 10 zstd; 11 reading from followers (KIP-392);
 * 12 flexible, diverging epochs (KIP-595); 13 topic ids; 15 replica state; 16 leader hints (KIP-951); 17, 18 fields of KRaft.
 */
export const fetchHandler: ApiHandler<FetchRequest, FetchResponse> = {
  request: fetchRequest,
  response: fetchResponse,
  minVersion: 4,
  maxVersion: 18,

  handle(request, context) {
    const { broker, connection } = context
    ensureIsolationLevel(request.isolationLevel)
    const nowMs = broker.env.clock.monotonicMs()
    const options = optionsOf(request, context)
    const frame = broker.fetchSessions.open(
      {
        sessionId: request.sessionId,
        sessionEpoch: request.sessionEpoch,
        usesTopicIds: context.apiVersion >= 13,
        isFollower: options.replicaId >= 0,
        fetches: fetchesOf(request, context),
        forgotten: forgottenOf(request),
        nameOf: (topicId) => broker.metadataCache.topicById(topicId)?.name,
      },
      nowMs,
    )
    if (frame.errorCode !== ErrorCode.NONE) return { errorCode: frame.errorCode }
    let response: Input<FetchResponse> | undefined
    let resolve: ((response: Input<FetchResponse> | undefined) => void) | undefined
    let forgetClose: (() => void) | undefined
    let isParked = false
    const cancel = broker.replicaManager.fetch(frame.fetches, options, (reads) => {
      forgetClose?.()
      // A fetch that waits keeps nobody busy.
      const busyMs = isParked ? 0 : broker.env.clock.monotonicMs() - nowMs
      response = answerOf(request, frame, reads, context, busyMs)
      context.onWritten = () => broker.replicaManager.letGo(reads)
      resolve?.(response)
    })
    if (cancel === undefined) return response
    isParked = true
    return new Promise((resolvePromise) => {
      resolve = resolvePromise
      forgetClose = connection.onClose(() => {
        cancel()
        resolvePromise(undefined)
      })
    })
  },

  errorResponse: (request, error, { apiVersion }) => ({
    errorCode: error.errorCode,
    // Versions below 7 have no error of the whole answer.
    responses:
      apiVersion >= 7
        ? []
        : request.topics.map(({ topic, partitions }) => ({
            topic,
            partitions: partitions.map(({ partition }) => ({
              partitionIndex: partition,
              errorCode: error.errorCode,
              highWatermark: -1n,
              records: [],
            })),
          })),
  }),
}

/** The answer; for a consumer that is over its quota an empty one, and its connection is not read until it may have more. */
function answerOf(
  request: FetchRequest,
  frame: FetchContext,
  reads: readonly PartitionRead[],
  context: RequestContext,
  busyMs: number,
): Input<FetchResponse> {
  if (context.broker.clientQuotas.isEmpty) return responseOf(frame, reads, context)
  const recordBytes = reads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const { throttleMs, isUsed } = throttleOfFetch(context, request, recordBytes, busyMs)
  if (throttleMs > 0) context.connection.mute(throttleMs)
  const throttleTimeMs = Math.min(throttleMs, throttleMsMax)
  return isUsed
    ? { ...responseOf(frame, reads, context), throttleTimeMs }
    : { throttleTimeMs, sessionId: frame.sessionId }
}

function optionsOf(request: FetchRequest, context: RequestContext): FetchOptions {
  const { apiVersion, broker } = context
  const replicaId = apiVersion >= 15 ? request.replicaState.replicaId : request.replicaId
  const isFollower = replicaId >= 0
  const maxBytes = isFollower
    ? request.maxBytes
    : Math.min(request.maxBytes, broker.config.fetchMaxBytes, answerBytesMax, quotaBytesOf(context))
  return {
    replicaId,
    replicaEpoch: Number(request.replicaState.replicaEpoch),
    isolation: isFollower ? 'logEnd' : request.isolationLevel === 1 ? 'committed' : 'highWatermark',
    mustLead: isFollower || apiVersion < 11,
    maxWaitMs: request.maxWaitMs,
    // More than it may get is not waited for.
    minBytes: Math.min(request.minBytes, maxBytes),
    maxBytes,
  }
}

/** No answer is larger than what a whole window of the quota holds. */
function quotaBytesOf(context: RequestContext): number {
  const { user, clientId } = quotaOwnerOf(context)
  return Math.floor(context.broker.clientQuotas.windowMax('consumer_byte_rate', user, clientId))
}

function fetchesOf(request: FetchRequest, { apiVersion, broker }: RequestContext): PartitionFetch[] {
  const fetches: PartitionFetch[] = []
  for (const topic of request.topics) {
    const topicId = apiVersion >= 13 ? topic.topicId : noTopicId
    const name = apiVersion >= 13 ? (broker.metadataCache.topicById(topicId)?.name ?? '') : topic.topic
    for (const partition of topic.partitions) {
      fetches.push({
        topic: name,
        topicId,
        partitionIndex: partition.partition,
        fetchOffset: Number(partition.fetchOffset),
        currentLeaderEpoch: partition.currentLeaderEpoch,
        lastFetchedEpoch: partition.lastFetchedEpoch,
        logStartOffset: Number(partition.logStartOffset),
        partitionMaxBytes: partition.partitionMaxBytes,
      })
    }
  }
  return fetches
}

function forgottenOf(request: FetchRequest): PartitionName[] {
  return request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
    partitions.map((partitionIndex) => ({ topic, topicId, partitionIndex })),
  )
}

function responseOf(
  frame: FetchContext,
  reads: readonly PartitionRead[],
  context: RequestContext,
): Input<FetchResponse> {
  const { errorCode, sessionId, answers } = frame.answer(reads, context.broker.env.clock.monotonicMs())
  const hints = new LeaderHints(context)
  const responses: { topic: string; topicId: string; partitions: Input<PartitionData>[] }[] = []
  let last: (typeof responses)[number] | undefined
  for (const answer of answers) {
    const { topic, topicId } = answer.fetch
    // Neighbours of one topic share its entry, as in Kafka; order matters more than the shortest answer.
    if (last === undefined || last.topicId !== topicId || last.topic !== topic) {
      last = { topic, topicId, partitions: [] }
      responses.push(last)
    }
    last.partitions.push(partitionData(answer, hints, context))
  }
  return { errorCode, sessionId, responses, nodeEndpoints: hints.nodeEndpoints }
}

function partitionData(
  { fetch, read }: FetchAnswer,
  hints: LeaderHints,
  { apiVersion }: RequestContext,
): Input<PartitionData> {
  const { errorCode } = read
  const data: Input<PartitionData> = {
    partitionIndex: fetch.partitionIndex,
    errorCode,
    highWatermark: BigInt(read.highWatermark),
    lastStableOffset: BigInt(read.lastStableOffset),
    logStartOffset: BigInt(read.logStartOffset),
    abortedTransactions:
      read.abortedTransactions?.map(({ producerId, firstOffset }) => ({
        producerId: BigInt(producerId),
        firstOffset: BigInt(firstOffset),
      })) ?? null,
    divergingEpoch:
      read.divergingEpoch === undefined
        ? undefined
        : { epoch: read.divergingEpoch.epoch, endOffset: BigInt(read.divergingEpoch.endOffset) },
    records: read.chunks,
  }
  const tellsLeader =
    apiVersion >= 16 && (errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.FENCED_LEADER_EPOCH)
  return tellsLeader ? { ...data, currentLeader: hints.leaderOf(fetch.topic, fetch.partitionIndex) } : data
}
