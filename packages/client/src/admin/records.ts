import { listOffsetsRequest, listOffsetsResponse } from '@odradek/kafka-protocol/messages/02-list-offsets'
import { deleteRecordsRequest, deleteRecordsResponse } from '@odradek/kafka-protocol/messages/21-delete-records'
import {
  describeProducersRequest,
  describeProducersResponse,
} from '@odradek/kafka-protocol/messages/61-describe-producers'
import type { KafkaError } from '@odradek/kafka-protocol'
import type { AdminRequests } from './admin-requests.ts'
import { askLeaders, byTopic, partitionKey } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { failureOf } from './settle-batch.ts'
import type { Outcomes } from './settle-batch.ts'
import { int64Of, numberOf, saturated } from '../int64.ts'

/** The offset that is asked for: an end, one of Kafka's special ones, or the first record at or after a time in ms since 1970. */
export type OffsetSpec =
  | 'earliest'
  | 'latest'
  | 'maxTimestamp'
  | 'earliestLocal'
  | 'latestTiered'
  | { readonly timestampMs: number }

/** KIP-79, KIP-734, KIP-405, KIP-1005. */
const specialTimestamps = {
  latest: -1n,
  earliest: -2n,
  maxTimestamp: -3n,
  earliestLocal: -4n,
  latestTiered: -5n,
} as const

export interface ListedOffset extends PartitionRef {
  /** -1 when there is none, such as no record at or after the time. */
  readonly offset: number
  /** Of the record that was found; -1 for ends. */
  readonly timestampMs: number
  readonly leaderEpoch: number | undefined
}

/** Offsets of partitions, in the order asked for. With `readCommitted`, the latest is the end of the last finished transaction. */
export async function listOffsets(
  requests: AdminRequests,
  specs: readonly (PartitionRef & { readonly spec: OffsetSpec })[],
  { isolationLevel = 'read_uncommitted' }: { readonly isolationLevel?: 'read_committed' | 'read_uncommitted' } = {},
): Promise<ListedOffset[]> {
  const found = await askLeaders(requests, specs, async (id, items) => {
    const answer = await requests.send({ kind: 'broker', id }, listOffsetsRequest, listOffsetsResponse, {
      replicaId: -1,
      isolationLevel: isolationLevel === 'read_committed' ? 1 : 0,
      topics: byTopic(items).map(({ topic, items: ofTopic }) => ({
        name: topic,
        partitions: ofTopic.map(({ partition, spec }) => ({ partitionIndex: partition, timestamp: timestampOf(spec) })),
      })),
      timeoutMs: requests.brokerTimeoutMs,
    })
    const outcomes: Outcomes<ListedOffset> = new Map<string, ListedOffset | KafkaError>()
    for (const { name: topic, partitions } of answer.topics) {
      for (const { partitionIndex: partition, errorCode, offset, timestamp, leaderEpoch } of partitions) {
        const epoch = leaderEpoch < 0 ? undefined : leaderEpoch
        const listed = {
          topic,
          partition,
          offset: numberOf(offset, 'an offset'),
          timestampMs: saturated(timestamp),
          leaderEpoch: epoch,
        }
        outcomes.set(partitionKey(listed), failureOf(errorCode) ?? listed)
      }
    }
    return outcomes
  })
  return specs.map((spec) => found.get(partitionKey(spec)) as ListedOffset)
}

function timestampOf(spec: OffsetSpec): bigint {
  return typeof spec === 'string' ? specialTimestamps[spec] : int64Of(spec.timestampMs, 'timestampMs')
}

export interface LowWatermark extends PartitionRef {
  /** The first offset that is left. */
  readonly lowWatermark: number
}

/** Deletes the records before an offset in each partition; -1 for all that are there. */
export async function deleteRecords(
  requests: AdminRequests,
  beforeOffsets: readonly (PartitionRef & { readonly beforeOffset: number })[],
): Promise<LowWatermark[]> {
  const found = await askLeaders(requests, beforeOffsets, async (id, items) => {
    const answer = await requests.send({ kind: 'broker', id }, deleteRecordsRequest, deleteRecordsResponse, {
      topics: byTopic(items).map(({ topic, items: ofTopic }) => ({
        name: topic,
        partitions: ofTopic.map(({ partition, beforeOffset }) => ({
          partitionIndex: partition,
          offset: int64Of(beforeOffset, 'beforeOffset'),
        })),
      })),
      timeoutMs: requests.brokerTimeoutMs,
    })
    return new Map(
      answer.topics.flatMap(({ name: topic, partitions }) =>
        partitions.map(({ partitionIndex: partition, lowWatermark, errorCode }) => {
          const result = { topic, partition, lowWatermark: numberOf(lowWatermark, 'an offset') }
          return [partitionKey(result), failureOf(errorCode) ?? result] as const
        }),
      ),
    )
  })
  return beforeOffsets.map((item) => found.get(partitionKey(item)) as LowWatermark)
}

export interface ProducerState {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestampMs: number
  readonly coordinatorEpoch: number
  /** Where its transaction that is open began; undefined without one. */
  readonly currentTransactionStartOffset: number | undefined
}

/** The idempotent and transactional producers that wrote to partitions lately, as the leaders know them, or as one broker does. */
export async function describeProducers(
  requests: AdminRequests,
  partitions: readonly PartitionRef[],
  { brokerId }: { readonly brokerId?: number } = {},
): Promise<(PartitionRef & { readonly producers: readonly ProducerState[] })[]> {
  const found = await askLeaders(requests, partitions, async (leaderId, items) => {
    const id = brokerId ?? leaderId
    const answer = await requests.send({ kind: 'broker', id }, describeProducersRequest, describeProducersResponse, {
      topics: byTopic(items).map(({ topic, items: ofTopic }) => ({
        name: topic,
        partitionIndexes: ofTopic.map(({ partition }) => partition),
      })),
    })
    return new Map(
      answer.topics.flatMap(({ name: topic, partitions: ofTopic }) =>
        ofTopic.map(({ partitionIndex: partition, errorCode, errorMessage, activeProducers }) => {
          const producers = activeProducers.map(
            ({ producerId, lastTimestamp, currentTxnStartOffset, ...producer }) => ({
              ...producer,
              producerId: numberOf(producerId, 'a producer id'),
              lastTimestampMs: saturated(lastTimestamp),
              currentTransactionStartOffset:
                currentTxnStartOffset < 0n ? undefined : numberOf(currentTxnStartOffset, 'an offset'),
            }),
          )
          return [partitionKey({ topic, partition }), failureOf(errorCode, errorMessage) ?? producers] as const
        }),
      ),
    )
  })
  return partitions.map(({ topic, partition }) => ({
    topic,
    partition,
    producers: found.get(partitionKey({ topic, partition })) ?? [],
  }))
}
