import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { offsetCommitRequest, offsetCommitResponse } from '@odradek/kafka-protocol/messages/08-offset-commit'
import { offsetFetchRequest, offsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import type { OffsetFetchResponse } from '@odradek/kafka-protocol/messages/09-offset-fetch'
import type { OffsetAndMetadata } from '../consumer-record.ts'
import type { MemberIdentity } from '../core/group/membership.ts'
import { partitionKey, partitionsByTopic } from '../topic-partition.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { GroupCoordinator } from './coordinator-requests.ts'
import { int64Of, numberOf } from '../../int64.ts'

/** From version 10 on topics go by their ids, which not every cluster has. */
const namesUpTo = { maxVersion: 9 }

export interface CommitEntry extends TopicPartition, OffsetAndMetadata {}

/** Stores and reads the committed offsets of one group. */
export class GroupOffsets {
  readonly #coordinator: GroupCoordinator
  readonly #identity: () => MemberIdentity

  constructor(coordinator: GroupCoordinator, identity: () => MemberIdentity) {
    this.#coordinator = coordinator
    this.#identity = identity
  }

  /** Rejects with `KafkaError`: REBALANCE_IN_PROGRESS, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID and STALE_MEMBER_EPOCH mean that others go on from where they were. */
  commit(entries: readonly CommitEntry[], timeoutMs: number): Promise<void> {
    if (entries.length === 0) return Promise.resolve()
    return this.#coordinator.retry(timeoutMs, () => this.#commitOnce(entries))
  }

  async #commitOnce(entries: readonly CommitEntry[]): Promise<void> {
    const { memberId, generationId, groupInstanceId } = this.#identity()
    const topics = [...Map.groupBy(entries, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition, offset, leaderEpoch = -1, metadata = '' }) => ({
        partitionIndex: partition,
        committedOffset: int64Of(offset, 'offset'),
        committedLeaderEpoch: leaderEpoch,
        committedMetadata: metadata,
      })),
    }))
    const body = {
      groupId: this.#coordinator.groupId,
      generationIdOrMemberEpoch: generationId,
      memberId: generationId < 0 ? '' : memberId,
      groupInstanceId: generationId < 0 ? null : (groupInstanceId ?? null),
      topics,
    }
    const answer = await this.#coordinator.send('offsets', offsetCommitRequest, offsetCommitResponse, body, namesUpTo)
    for (const { partitions } of answer.topics) {
      for (const { errorCode } of partitions) if (errorCode !== ErrorCode.NONE) throw KafkaError.of(errorCode)
    }
  }

  /** By partition key; those without a committed offset are missing. Waits for transactions that are about to commit offsets (KIP-447). */
  fetch(partitions: readonly TopicPartition[], timeoutMs: number): Promise<Map<string, OffsetAndMetadata>> {
    return this.#coordinator.retry(timeoutMs, () => this.#fetchOnce(partitions))
  }

  async #fetchOnce(partitions: readonly TopicPartition[]): Promise<Map<string, OffsetAndMetadata>> {
    const { groupId } = this.#coordinator
    const topics = partitionsByTopic(partitions).map((each) => ({
      name: each.topic,
      partitionIndexes: each.partitions,
    }))
    const answer = await this.#coordinator.send(
      'offsets',
      offsetFetchRequest,
      offsetFetchResponse,
      (version) =>
        version >= 8
          ? { groups: [{ groupId, topics }], requireStable: true }
          : { groupId, topics, requireStable: version >= 7 },
      namesUpTo,
    )
    return committedIn(answer)
  }
}

function committedIn(answer: OffsetFetchResponse): Map<string, OffsetAndMetadata> {
  const [{ errorCode, topics } = answer] = answer.groups
  if (errorCode !== ErrorCode.NONE) throw KafkaError.of(errorCode)
  const committed = new Map<string, OffsetAndMetadata>()
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, committedOffset, committedLeaderEpoch, metadata, errorCode: code } of partitions) {
      if (code !== ErrorCode.NONE) throw KafkaError.of(code)
      if (committedOffset < 0n) continue
      const key = partitionKey({ topic: name, partition: partitionIndex })
      committed.set(key, {
        offset: numberOf(committedOffset, 'an offset'),
        leaderEpoch: committedLeaderEpoch,
        metadata: metadata ?? undefined,
      })
    }
  }
  return committed
}
