import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { ListOffsetsRequest, ListOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import type { OffsetAndTimestamp } from '@odradek/storage'
import type { ReadIsolation } from '../core/partition/partition-fetch.ts'
import type { Partition } from '../host/partition/partition.ts'
import type { ApiHandler } from './api-handler.ts'
import { ensureIsolationLevel } from './isolation-level.ts'
import type { RequestContext } from './request-context.ts'

type PartitionRequest = ListOffsetsRequest['topics'][number]['partitions'][number]

// Timestamps with a meaning of their own.
const latest = -1
const earliest = -2
const maxTimestamp = -3
const earliestLocal = -4
const latestTiered = -5
const earliestPendingUpload = -6
/** Special timestamp → the first version that knows it. */
const knownFrom: ReadonlyMap<number, number> = new Map([
  [maxTimestamp, 7],
  [earliestLocal, 8],
  [latestTiered, 9],
  [earliestPendingUpload, 11],
])

/** A replica id that asks for the end of the log of any replica, for debugging. */
const debuggingReplicaId = -2
const unknown: OffsetAndTimestamp = { offset: -1, timestampMs: -1, leaderEpoch: undefined }

/**
 * Versions: 1 one offset per partition; 2 isolation level; 4 leader epochs; 6 flexible; 7 the largest timestamp; 8 to 11 offsets of tiered storage,
 * of which there is none: all that there is is local.
 */
export const listOffsetsHandler: ApiHandler<ListOffsetsRequest, ListOffsetsResponse> = {
  request: listOffsetsRequest,
  response: listOffsetsResponse,
  minVersion: 1,
  maxVersion: 11,

  handle(request, context) {
    ensureIsolationLevel(request.isolationLevel)
    const seen = new Set<string>()
    const twice = new Set<string>()
    for (const { name, partitions } of request.topics) {
      for (const { partitionIndex } of partitions) {
        const key = `${name}-${partitionIndex}`
        if (seen.has(key)) twice.add(key)
        seen.add(key)
      }
    }
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((partition) => {
          const { partitionIndex } = partition
          try {
            if (twice.has(`${name}-${partitionIndex}`)) throw new KafkaError('INVALID_REQUEST')
            const found = offsetOf(name, partition, request, context)
            return {
              partitionIndex,
              errorCode: ErrorCode.NONE,
              timestamp: BigInt(found.timestampMs),
              offset: BigInt(found.offset),
              leaderEpoch: context.apiVersion >= 4 ? (found.leaderEpoch ?? -1) : -1,
            }
          } catch (error) {
            if (!(error instanceof KafkaError)) throw error
            return { partitionIndex, errorCode: error.errorCode }
          }
        }),
      })),
    }
  },

  errorResponse: (request, error) => ({
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: error.errorCode })),
    })),
  }),
}

function offsetOf(
  topic: string,
  { partitionIndex, currentLeaderEpoch, timestamp }: PartitionRequest,
  { replicaId, isolationLevel }: ListOffsetsRequest,
  { broker, apiVersion }: RequestContext,
): OffsetAndTimestamp {
  const target = Number(timestamp)
  if (target < earliestPendingUpload || apiVersion < (knownFrom.get(target) ?? 0)) {
    throw new KafkaError('UNSUPPORTED_VERSION')
  }
  const partition = broker.replicaManager.partition(topic, partitionIndex)
  partition.ensureEpoch(currentLeaderEpoch, replicaId !== debuggingReplicaId)
  const isConsumer = replicaId < 0 && replicaId !== debuggingReplicaId
  const isolation: ReadIsolation = !isConsumer ? 'logEnd' : isolationLevel === 1 ? 'committed' : 'highWatermark'
  const endOffset = partition.upperBound(isolation)
  const isBehind = isConsumer && partition.isLeader && partition.replicas.leaderEpochStartOffset > endOffset
  return find(partition, target, endOffset, () => {
    // A new leader does not know yet how far its predecessor had told consumers that they may read.
    if (isBehind) throw new KafkaError(apiVersion >= 5 ? 'OFFSET_NOT_AVAILABLE' : 'LEADER_NOT_AVAILABLE')
  })
}

function find(partition: Partition, target: number, endOffset: number, ensureKnown: () => void): OffsetAndTimestamp {
  const { log } = partition
  switch (target) {
    case latest:
      ensureKnown()
      return { offset: endOffset, timestampMs: -1, leaderEpoch: partition.leaderEpoch }
    case earliest:
      return log.earliestOffset()
    case earliestLocal:
      return log.earliestLocalOffset()
    case latestTiered:
    case earliestPendingUpload:
      return unknown
    default: {
      const found = target === maxTimestamp ? log.offsetOfMaxTimestamp() : log.offsetForTimestamp(target)
      if (found !== undefined && found.offset < endOffset) return found
      ensureKnown()
      return unknown
    }
  }
}
