import type { Cluster } from '../cluster/cluster.ts'
import type { MemberIdentity } from './core/group/membership.ts'
import type { TopicPartition } from './topic-partition.ts'

/** What a member of a classic group came to, with its generation. */
export interface JoinedGroup extends MemberIdentity {
  /** The member that divided the partitions. */
  readonly leaderId: string
  /** The assignor that the members agreed on. */
  readonly assignorName: string
  readonly partitions: readonly TopicPartition[]
  /** From the first request to join on. */
  readonly durationMs: number
}

/** Is told what a consumer does. Called in the middle of its work: it must return at once and not throw. */
export interface ConsumerObserver {
  /** In a classic group, once for each generation. */
  joined?(group: JoinedGroup): void
  /** The coordinator has called the members of a classic group to join again. */
  rebalancing?(member: MemberIdentity): void
  /** The coordinator of a classic group has answered a heartbeat, and all is well. */
  heartbeat?(member: MemberIdentity): void
  fetching?(brokerId: number): void
  /** An answer came, or none will. */
  fetched?(brokerId: number, durationMs: number): void
}

/** For who builds another face over the consumer, and for who watches it. */
export interface ConsumerSeams {
  /** Shares this cluster's connections, and leaves it open. */
  readonly cluster?: Cluster | undefined
  readonly observer?: ConsumerObserver | undefined
  /** For topics that differ in it: what stands in place of `auto.offset.reset`. */
  readonly offsetResetOf?: ((topic: string) => string | undefined) | undefined
  /** One delivery has records of as many batches of the log as were fetched, up to max.poll.records; none where all of it is passed over. */
  readonly isJoiningBatches?: boolean | undefined
}
