import { ErrorCode } from '@odradek/kafka-protocol'
import { electLeadersRequest, electLeadersResponse } from '@odradek/kafka-protocol/messages/43-elect-leaders'
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/45-alter-partition-reassignments'
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from '@odradek/kafka-protocol/messages/46-list-partition-reassignments'
import type { AdminRequests } from './admin-requests.ts'
import { controller } from './admin-requests.ts'
import { BatchError } from './batch-error.ts'
import { byTopic, partitionKey } from './partition-batch.ts'
import type { PartitionRef } from './partition-batch.ts'
import { failureOf, settleBatch, throwIfFailed } from './settle-batch.ts'
import type { Failure } from './settle-batch.ts'

const electionTypes = { preferred: 0, unclean: 1 } as const

/**
 * Has leaders elected: the first of the replicas, or any that is alive even though it lacks records. Resolves with the partitions that got a new
 * leader; those that had the right one already are no failure. Without partitions, for all of the cluster.
 */
export async function electLeaders(
  requests: AdminRequests,
  electionType: keyof typeof electionTypes,
  partitions: readonly PartitionRef[] | null,
): Promise<PartitionRef[]> {
  const answer = await requests.call(controller, electLeadersRequest, electLeadersResponse, (version) => ({
    ...(version >= 1 ? { electionType: electionTypes[electionType] } : {}),
    topicPartitions:
      partitions &&
      byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map(({ partition }) => partition) })),
    timeoutMs: requests.brokerTimeoutMs,
  }))
  const elected = new Map<string, PartitionRef>()
  const errors = new Map<string, Failure>()
  for (const { topic, partitionResult } of answer.replicaElectionResults) {
    for (const { partitionId: partition, errorCode, errorMessage } of partitionResult) {
      const failure = failureOf(errorCode, errorMessage)
      if (failure === undefined) elected.set(partitionKey({ topic, partition }), { topic, partition })
      else if (errorCode !== ErrorCode.ELECTION_NOT_NEEDED) errors.set(partitionKey({ topic, partition }), failure)
    }
  }
  if (errors.size > 0) throw new BatchError(errors, elected)
  return [...elected.values()]
}

export interface Reassignment extends PartitionRef {
  /** Broker ids, the preferred leader first; null cancels a reassignment that is under way. */
  readonly replicas: readonly number[] | null
}

/** Begins, or cancels, moving partitions between brokers (KIP-455). */
export async function alterPartitionReassignments(
  requests: AdminRequests,
  reassignments: readonly Reassignment[],
): Promise<void> {
  const byKey = new Map(reassignments.map((reassignment) => [partitionKey(reassignment), reassignment]))
  await settleBatch(requests.cluster, [...byKey.keys()], requests.timeoutMs, async (pending) => {
    const answer = await requests.send(
      controller,
      alterPartitionReassignmentsRequest,
      alterPartitionReassignmentsResponse,
      {
        timeoutMs: requests.brokerTimeoutMs,
        topics: byTopic(pending.map((key) => byKey.get(key) as Reassignment)).map(({ topic, items }) => ({
          name: topic,
          partitions: items.map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
        })),
      },
    )
    throwIfFailed(answer.errorCode, answer.errorMessage)
    return new Map(
      answer.responses.flatMap(({ name: topic, partitions }) =>
        partitions.map(({ partitionIndex: partition, errorCode, errorMessage }) => [
          partitionKey({ topic, partition }),
          failureOf(errorCode, errorMessage),
        ]),
      ),
    )
  })
}

export interface OngoingReassignment extends PartitionRef {
  readonly replicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

/** The reassignments that are under way: of all partitions, or of those given. */
export async function listPartitionReassignments(
  requests: AdminRequests,
  partitions: readonly PartitionRef[] | null = null,
): Promise<OngoingReassignment[]> {
  const answer = await requests.call(
    controller,
    listPartitionReassignmentsRequest,
    listPartitionReassignmentsResponse,
    {
      timeoutMs: requests.brokerTimeoutMs,
      topics:
        partitions &&
        byTopic(partitions).map(({ topic, items }) => ({
          name: topic,
          partitionIndexes: items.map(({ partition }) => partition),
        })),
    },
  )
  return answer.topics.flatMap(({ name: topic, partitions: ofTopic }) =>
    ofTopic.map(({ partitionIndex: partition, ...replicas }) => ({ topic, partition, ...replicas })),
  )
}
