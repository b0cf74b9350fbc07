import type { Input } from '@odradek/kafka-protocol'
import type { ConsumerGroupHeartbeatRequest } from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import type { HeartbeatRequest } from '@odradek/kafka-protocol/messages/12-heartbeat'
import type { JoinGroupRequest } from '@odradek/kafka-protocol/messages/11-join-group'
import type { LeaveGroupRequest } from '@odradek/kafka-protocol/messages/13-leave-group'
import type { SyncGroupRequest } from '@odradek/kafka-protocol/messages/14-sync-group'
import type { AssignorMember } from '../../assignor/assignor.ts'
import type { TopicPartition } from '../../topic-partition.ts'

/** What a member of a group is set up with. */
export interface MembershipOptions {
  readonly groupId: string
  readonly groupInstanceId: string | undefined
  readonly rackId: string | undefined
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** How long the group waits for a member that has to give partitions up. */
  readonly rebalanceTimeoutMs: number
  /** The pause after the n-th failure in a row. */
  readonly backoffMs: (failures: number) => number
}

/** A request to the coordinator of the group. Its answer, or that there is none, goes into `answered` or `unanswered`. */
export type GroupRequest =
  | { readonly api: 'join'; readonly body: Input<JoinGroupRequest> }
  | { readonly api: 'sync'; readonly body: Input<SyncGroupRequest> }
  | { readonly api: 'heartbeat'; readonly body: Input<HeartbeatRequest> }
  | { readonly api: 'leave'; readonly body: Input<LeaveGroupRequest> }
  | { readonly api: 'consumerHeartbeat'; readonly body: Input<ConsumerGroupHeartbeatRequest> }

/** What the host is to do, in this order. */
export type MembershipEffect =
  | { readonly kind: 'send'; readonly request: GroupRequest }
  /** The member was elected: divide the partitions, then call `led`. */
  | { readonly kind: 'lead'; readonly assignor: string; readonly members: readonly AssignorMember[] }
  /** Let the application finish with these, commit, then call `revoked`. */
  | { readonly kind: 'revoke'; readonly partitions: readonly TopicPartition[] }
  /** These may be another member's already: drop them at once. Nothing is to be called. */
  | { readonly kind: 'lost'; readonly partitions: readonly TopicPartition[] }
  /** These are now the member's. */
  | { readonly kind: 'assign'; readonly partitions: readonly TopicPartition[] }
  /** The broker said that it is not the coordinator, or cannot be reached. */
  | { readonly kind: 'forgetCoordinator' }
  /** No going on: an error code of the coordinator. */
  | { readonly kind: 'fail'; readonly errorCode: number; readonly message?: string | undefined }

/** Who the member is, for commits and transactions. */
export interface MemberIdentity {
  readonly memberId: string
  /** Generation of the classic protocol, member epoch of the consumer protocol; -1 outside of the group. */
  readonly generationId: number
  readonly groupInstanceId: string | undefined
}
