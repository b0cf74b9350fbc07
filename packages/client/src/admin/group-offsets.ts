import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import { offsetDeleteRequest, offsetDeleteResponse } from '@odradek/kafka-protocol/messages/47-offset-delete'
import type { AdminRequests } from './admin-requests.ts'
import { groupCoordinator } from './admin-requests.ts'
import { askCoordinators } from './ask-coordinators.ts'
import { byTopic, partitionKey } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { failureOf, settleBatch, throwIfFailed } from './settle-batch.ts'
import type { Outcomes } from './settle-batch.ts'
import { int64Of, numberOf } from '../int64.ts'

/** The last versions that name topics by name. */
const offsetCommitVersionMax = 9
const offsetFetchVersionMax = 9

export interface CommittedOffset extends PartitionRef {
  /** The next record to read. */
  readonly offset: number
  readonly leaderEpoch: number | undefined
  readonly metadata: string
}

/**
 * The offsets that groups have committed: of all partitions, or of those given. Partitions without one are left out. With `requireStable`, waits
 * for those that a transaction is about to change.
 */
export function listConsumerGroupOffsets(
  requests: AdminRequests,
  groups: Readonly<Record<string, readonly PartitionRef[] | null>>,
  { requireStable = false }: { readonly requireStable?: boolean } = {},
): Promise<Map<string, CommittedOffset[]>> {
  const topicsOf = (groupId: string): { name: string; partitionIndexes: number[] }[] | null =>
    groups[groupId] === null || groups[groupId] === undefined
      ? null
      : byTopic(groups[groupId]).map(({ topic, items }) => ({
          name: topic,
          partitionIndexes: items.map(({ partition }) => partition),
        }))
  return askCoordinators(requests, Object.keys(groups), async (pending, id) => {
    const link = await requests.link({ kind: 'broker', id })
    const isBatched = (await link.open()).versionFor(offsetFetchRequest, offsetFetchVersionMax) >= 8
    const values = isBatched
      ? [{ groups: pending.map((groupId) => ({ groupId, topics: topicsOf(groupId) })), requireStable }]
      : pending.map((groupId) => ({ groupId, topics: topicsOf(groupId) }))
    const answers = await Promise.all(
      values.map((value) =>
        link.send(offsetFetchRequest, offsetFetchResponse, value, { maxVersion: offsetFetchVersionMax }),
      ),
    )
    const outcomes: Outcomes<CommittedOffset[]> = new Map<string, CommittedOffset[] | KafkaError>()
    for (const [index, answer] of answers.entries()) {
      const single = { groupId: pending[index] ?? '', topics: answer.topics, errorCode: answer.errorCode }
      for (const { groupId, topics, errorCode } of isBatched ? answer.groups : [single]) {
        outcomes.set(groupId, failureOf(errorCode) ?? committedOffsets(topics))
      }
    }
    return outcomes
  })
}

interface FetchedTopic {
  readonly name: string
  readonly partitions: readonly {
    readonly partitionIndex: number
    readonly committedOffset: bigint
    readonly committedLeaderEpoch: number
    readonly metadata: string | null
    readonly errorCode: number
  }[]
}

function committedOffsets(topics: readonly FetchedTopic[]): CommittedOffset[] | KafkaError {
  const offsets: CommittedOffset[] = []
  for (const { name: topic, partitions } of topics) {
    for (const {
      partitionIndex: partition,
      committedOffset,
      committedLeaderEpoch,
      metadata,
      errorCode,
    } of partitions) {
      if (errorCode !== ErrorCode.NONE) return KafkaError.of(errorCode)
      if (committedOffset < 0n) continue
      const leaderEpoch = committedLeaderEpoch < 0 ? undefined : committedLeaderEpoch
      offsets.push({
        topic,
        partition,
        offset: numberOf(committedOffset, 'an offset'),
        leaderEpoch,
        metadata: metadata ?? '',
      })
    }
  }
  return offsets
}

export interface OffsetToCommit extends PartitionRef {
  readonly offset: number
  readonly metadata?: string
  readonly leaderEpoch?: number
}

/** Sets the offsets of a group that has no members. Rejects with UNKNOWN_MEMBER_ID and the like when it has. */
export async function alterConsumerGroupOffsets(
  requests: AdminRequests,
  groupId: string,
  offsets: readonly OffsetToCommit[],
): Promise<void> {
  const byKey = new Map(offsets.map((offset) => [partitionKey(offset), offset]))
  const target = groupCoordinator(groupId)
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const value = {
      groupId,
      topics: byTopic(pending.map((key) => byKey.get(key) as OffsetToCommit)).map(({ topic, items }) => ({
        name: topic,
        partitions: items.map(({ partition, offset, metadata = '', leaderEpoch = -1 }) => ({
          partitionIndex: partition,
          committedOffset: int64Of(offset, 'offset'),
          committedLeaderEpoch: leaderEpoch,
          committedMetadata: metadata,
        })),
      })),
    }
    const answer = await requests.send(target, offsetCommitRequest, offsetCommitResponse, value, {
      maxVersion: offsetCommitVersionMax,
    })
    const outcomes = answer.topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionIndex: partition, errorCode }) => {
        if (errorCode === ErrorCode.NOT_COORDINATOR) requests.forget(target)
        return [partitionKey({ topic, partition }), failureOf(errorCode)] as const
      }),
    )
    return new Map(outcomes)
  })
}

/** Forgets the offsets of a group in partitions of topics that none of its members is subscribed to. */
export async function deleteConsumerGroupOffsets(
  requests: AdminRequests,
  groupId: string,
  partitions: readonly PartitionRef[],
): Promise<void> {
  const byKey = new Map(partitions.map((partition) => [partitionKey(partition), partition]))
  const target = groupCoordinator(groupId)
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const answer = await requests.send(target, offsetDeleteRequest, offsetDeleteResponse, {
      groupId,
      topics: byTopic(pending.map((key) => byKey.get(key) as PartitionRef)).map(({ topic, items }) => ({
        name: topic,
        partitions: items.map(({ partition }) => ({ partitionIndex: partition })),
      })),
    })
    if (answer.errorCode === ErrorCode.NOT_COORDINATOR) requests.forget(target)
    throwIfFailed(answer.errorCode)
    return new Map(
      answer.topics.flatMap(({ name: topic, partitions: ofTopic }) =>
        ofTopic.map(({ partitionIndex: partition, errorCode }) => [
          partitionKey({ topic, partition }),
          failureOf(errorCode),
        ]),
      ),
    )
  })
}
