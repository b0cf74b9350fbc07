import { KafkaError } from '@odradek/kafka-protocol'
import {
  describeShareGroupOffsetsRequest,
  describeShareGroupOffsetsResponse,
} from '@odradek/kafka-protocol/messages/90-describe-share-group-offsets'
import {
  alterShareGroupOffsetsRequest,
  alterShareGroupOffsetsResponse,
} from '@odradek/kafka-protocol/messages/91-alter-share-group-offsets'
import {
  deleteShareGroupOffsetsRequest,
  deleteShareGroupOffsetsResponse,
} from '@odradek/kafka-protocol/messages/92-delete-share-group-offsets'
import type { AdminRequests } from './admin-requests.ts'
import { groupCoordinator } from './admin-requests.ts'
import { askCoordinators } from './ask-coordinators.ts'
import { byTopic, partitionKey } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { failureOf, settleBatch, throwIfFailed } from './settle-batch.ts'
import { int64Of, numberOf } from '../int64.ts'

export interface ShareGroupOffset extends PartitionRef {
  /** The first record that is not finished. */
  readonly startOffset: number
  readonly leaderEpoch: number
  /** Records that are not finished; undefined from brokers before Kafka 4.2. */
  readonly lag: number | undefined
}

/** Where share groups begin in their partitions, by group (KIP-932). */
export function listShareGroupOffsets(
  requests: AdminRequests,
  groupIds: readonly string[],
): Promise<Map<string, ShareGroupOffset[]>> {
  return askCoordinators(requests, groupIds, async (pending, id) => {
    const answer = await requests.send(
      { kind: 'broker', id },
      describeShareGroupOffsetsRequest,
      describeShareGroupOffsetsResponse,
      { groups: pending.map((groupId) => ({ groupId, topics: null })) },
    )
    return new Map(
      answer.groups.map(({ groupId, topics, errorCode, errorMessage }) => {
        const partitions = topics.flatMap(({ topicName, partitions: ofTopic }) =>
          ofTopic.map((partition) => ({ ...partition, topic: topicName, partition: partition.partitionIndex })),
        )
        const failed = partitions.find((partition) => failureOf(partition.errorCode) !== undefined)
        const failure =
          failureOf(errorCode, errorMessage) ?? (failed && KafkaError.of(failed.errorCode, failed.errorMessage))
        const offsets = partitions.map(({ topic, partition, startOffset, leaderEpoch, lag }) => ({
          topic,
          partition,
          startOffset: numberOf(startOffset, 'an offset'),
          leaderEpoch,
          lag: lag < 0n ? undefined : numberOf(lag, 'a lag'),
        }))
        return [groupId, failure ?? offsets]
      }),
    )
  })
}

/** Sets where a share group without members begins. */
export async function alterShareGroupOffsets(
  requests: AdminRequests,
  groupId: string,
  offsets: readonly (PartitionRef & { readonly startOffset: number })[],
): Promise<void> {
  const byKey = new Map(offsets.map((offset) => [partitionKey(offset), offset]))
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const wanted = offsets.filter((offset) => pending.includes(partitionKey(offset)))
    const answer = await requests.send(
      groupCoordinator(groupId),
      alterShareGroupOffsetsRequest,
      alterShareGroupOffsetsResponse,
      {
        groupId,
        topics: byTopic(wanted).map(({ topic, items }) => ({
          topicName: topic,
          partitions: items.map(({ partition, startOffset }) => ({
            partitionIndex: partition,
            startOffset: int64Of(startOffset, 'startOffset'),
          })),
        })),
      },
    )
    throwIfFailed(answer.errorCode, answer.errorMessage)
    return new Map(
      answer.responses.flatMap(({ topicName, partitions }) =>
        partitions.map(({ partitionIndex, errorCode, errorMessage }) => [
          partitionKey({ topic: topicName, partition: partitionIndex }),
          failureOf(errorCode, errorMessage),
        ]),
      ),
    )
  })
}

/** Forgets where a share group without members begins in topics. */
export async function deleteShareGroupOffsets(
  requests: AdminRequests,
  groupId: string,
  topics: readonly string[],
): Promise<void> {
  await settleBatch(requests.cluster, topics, requests.timeoutMs, async (pending) => {
    const answer = await requests.send(
      groupCoordinator(groupId),
      deleteShareGroupOffsetsRequest,
      deleteShareGroupOffsetsResponse,
      {
        groupId,
        topics: pending.map((topicName) => ({ topicName })),
      },
    )
    throwIfFailed(answer.errorCode, answer.errorMessage)
    return new Map(
      answer.responses.map(({ topicName, errorCode, errorMessage }) => [topicName, failureOf(errorCode, errorMessage)]),
    )
  })
}
