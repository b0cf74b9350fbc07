import { ErrorCode } from '@odradek/kafka-protocol'
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import { partitionKey, partitionsByTopic } from '../../topic-partition.ts'
import type { TopicPartition } from '../../topic-partition.ts'
import { coordinatorIsStale, mayTryAgain } from './group-errors.ts'
import type { MemberIdentity, MembershipEffect, MembershipOptions } from './membership.ts'

export interface ConsumerMembershipOptions extends MembershipOptions {
  /** The member's own name for itself, made by the client (version 1). */
  readonly memberId: string
  readonly serverAssignor: string | undefined
  readonly topicNameOf: (topicId: string) => string | undefined
  readonly topicIdOf: (topic: string) => string | undefined
}

/** Topics by name, or by a pattern in the syntax of RE2/J, which the broker matches. */
export type ConsumerSubscription = { readonly topics: readonly string[] } | { readonly pattern: string }

const joiningEpoch = 0
const leavingEpoch = -1
/** A static member that will come back. */
const pausingEpoch = -2

/**
 * A member of a group under the consumer protocol (KIP-848): the coordinator says with its heartbeats what the member is to have; the member gives
 * up what is not among it, tells so, and takes what is new. Pure, as `ClassicMembership`.
 */
export class ConsumerMembership {
  readonly #options: ConsumerMembershipOptions
  #subscription: ConsumerSubscription = { topics: [] }
  #epoch = joiningEpoch
  #owned: readonly TopicPartition[] = []
  #target: readonly { readonly topicId: string; readonly partitions: readonly number[] }[] | undefined
  #isRevoking = false
  #isHeartbeatOut = false
  #dueMs = 0
  #intervalMs: number
  #heardMs = Infinity
  #failures = 0
  #isSuspended = false
  #hasEnded = false
  /** What the coordinator has been told; sent again in full after a failure. */
  #toldOwned: string | undefined
  #toldSubscription: string | undefined

  constructor(options: ConsumerMembershipOptions) {
    this.#options = options
    this.#intervalMs = options.heartbeatIntervalMs
  }

  get identity(): MemberIdentity {
    const { memberId, groupInstanceId } = this.#options
    return { memberId, generationId: this.#epoch === joiningEpoch ? -1 : this.#epoch, groupInstanceId }
  }

  get isStable(): boolean {
    return this.#epoch > 0 && !this.#isRevoking && this.#target === undefined
  }

  get owned(): readonly TopicPartition[] {
    return this.#owned
  }

  subscribe(subscription: ConsumerSubscription, nowMs: number): void {
    this.#subscription = subscription
    this.#dueMs = Math.min(this.#dueMs, nowMs)
  }

  get nextDeadlineMs(): number {
    if (this.#hasEnded || this.#isSuspended) return Infinity
    return Math.min(this.#isHeartbeatOut ? Infinity : this.#dueMs, this.#heardMs + this.#options.sessionTimeoutMs)
  }

  poll(nowMs: number): MembershipEffect[] {
    if (this.#hasEnded || this.#isSuspended) return []
    if (nowMs >= this.#heardMs + this.#options.sessionTimeoutMs) {
      return [...this.#loseAll(nowMs), { kind: 'forgetCoordinator' }]
    }
    if (this.#isHeartbeatOut || nowMs < this.#dueMs) return []
    this.#isHeartbeatOut = true
    this.#dueMs = nowMs + this.#intervalMs
    return [{ kind: 'send', request: { api: 'consumerHeartbeat', body: this.#heartbeat() } }]
  }

  /** What the coordinator knows already is left out. */
  #heartbeat(): Partial<ConsumerGroupHeartbeatRequest> {
    const { groupId, memberId, groupInstanceId, rackId, rebalanceTimeoutMs, serverAssignor } = this.#options
    const isJoining = this.#epoch === joiningEpoch
    const subscription = JSON.stringify(this.#subscription)
    const owned = JSON.stringify(this.#owned)
    const tellsSubscription = isJoining || subscription !== this.#toldSubscription
    const tellsOwned = isJoining || owned !== this.#toldOwned
    this.#toldSubscription = subscription
    this.#toldOwned = owned
    return {
      groupId,
      memberId,
      memberEpoch: this.#epoch,
      instanceId: groupInstanceId ?? null,
      rackId: isJoining ? (rackId ?? null) : null,
      rebalanceTimeoutMs: isJoining ? rebalanceTimeoutMs : -1,
      serverAssignor: isJoining ? (serverAssignor ?? null) : null,
      subscribedTopicNames: tellsSubscription && 'topics' in this.#subscription ? [...this.#subscription.topics] : null,
      subscribedTopicRegex: tellsSubscription && 'pattern' in this.#subscription ? this.#subscription.pattern : null,
      topicPartitions: tellsOwned ? this.#ownedByTopicId() : null,
    }
  }

  #ownedByTopicId(): { topicId: string; partitions: number[] }[] {
    return partitionsByTopic(this.#owned).flatMap(({ topic, partitions }) => {
      const topicId = this.#options.topicIdOf(topic)
      return topicId === undefined ? [] : [{ topicId, partitions }]
    })
  }

  heartbeatAnswered(response: ConsumerGroupHeartbeatResponse, nowMs: number): MembershipEffect[] {
    this.#isHeartbeatOut = false
    if (this.#hasEnded || this.#isSuspended) return []
    if (response.errorCode !== ErrorCode.NONE) return this.#refused(response, nowMs)
    this.#failures = 0
    this.#heardMs = nowMs
    this.#epoch = response.memberEpoch
    if (response.heartbeatIntervalMs > 0) {
      this.#intervalMs = response.heartbeatIntervalMs
      this.#dueMs = Math.min(this.#dueMs, nowMs + this.#intervalMs)
    }
    if (response.assignment !== null) this.#target = response.assignment.topicPartitions
    return this.reconcile(nowMs)
  }

  /** Also to be called when metadata have changed: ids of topics may have got their names. */
  reconcile(nowMs: number): MembershipEffect[] {
    if (this.#target === undefined || this.#isRevoking) return []
    const named = this.#target.map(({ topicId, partitions }) => ({
      topic: this.#options.topicNameOf(topicId),
      partitions,
    }))
    const target = named.flatMap(({ topic, partitions }) =>
      topic === undefined ? [] : partitions.map((partition) => ({ topic, partition })),
    )
    const targetKeys = new Set(target.map(partitionKey))
    const taken = this.#owned.filter((partition) => !targetKeys.has(partitionKey(partition)))
    if (taken.length > 0) {
      this.#isRevoking = true
      return [{ kind: 'revoke', partitions: taken }]
    }
    const ownedKeys = new Set(this.#owned.map(partitionKey))
    const added = target.filter((partition) => !ownedKeys.has(partitionKey(partition)))
    this.#owned = [...this.#owned, ...added]
    if (named.every(({ topic }) => topic !== undefined)) this.#target = undefined
    if (JSON.stringify(this.#owned) !== this.#toldOwned) this.#dueMs = nowMs
    return added.length === 0 ? [] : [{ kind: 'assign', partitions: added }]
  }

  revoked(partitions: readonly TopicPartition[], nowMs: number): MembershipEffect[] {
    if (!this.#isRevoking) return []
    this.#isRevoking = false
    const gone = new Set(partitions.map(partitionKey))
    this.#owned = this.#owned.filter((partition) => !gone.has(partitionKey(partition)))
    this.#dueMs = nowMs
    return this.reconcile(nowMs)
  }

  unanswered(nowMs: number): MembershipEffect[] {
    this.#tryAgain(nowMs)
    return [{ kind: 'forgetCoordinator' }]
  }

  #tryAgain(nowMs: number): void {
    this.#isHeartbeatOut = false
    // Whether it came in is not known: tell all again.
    this.#toldOwned = undefined
    this.#toldSubscription = undefined
    this.#failures++
    this.#dueMs = nowMs + this.#options.backoffMs(this.#failures)
  }

  #refused({ errorCode, errorMessage }: ConsumerGroupHeartbeatResponse, nowMs: number): MembershipEffect[] {
    if (coordinatorIsStale(errorCode)) return this.unanswered(nowMs)
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID || errorCode === ErrorCode.FENCED_MEMBER_EPOCH) {
      return this.#loseAll(nowMs)
    }
    // The process before this one has the same instance id and has not been given up yet.
    if (mayTryAgain(errorCode) || errorCode === ErrorCode.UNRELEASED_INSTANCE_ID) {
      this.#tryAgain(nowMs)
      return []
    }
    const lost = this.#loseAll(nowMs)
    this.#hasEnded = true
    return [...lost, { kind: 'fail', errorCode, message: errorMessage ?? undefined }]
  }

  #loseAll(nowMs: number): MembershipEffect[] {
    const lost = this.#owned
    this.#owned = []
    this.#epoch = joiningEpoch
    this.#target = undefined
    this.#isRevoking = false
    this.#heardMs = Infinity
    this.#dueMs = nowMs
    return lost.length === 0 ? [] : [{ kind: 'lost', partitions: lost }]
  }

  suspend(nowMs: number): MembershipEffect[] {
    if (this.#hasEnded || this.#isSuspended) return []
    const effects = this.#leaveRequest()
    this.#isSuspended = true
    return [...effects, ...this.#loseAll(nowMs)]
  }

  resume(nowMs: number): void {
    this.#isSuspended = false
    this.#isHeartbeatOut = false
    this.#dueMs = nowMs
  }

  leave(): MembershipEffect[] {
    const effects = this.#hasEnded ? [] : this.#leaveRequest()
    this.#hasEnded = true
    this.#owned = []
    return effects
  }

  #leaveRequest(): MembershipEffect[] {
    if (this.#epoch === joiningEpoch) return []
    const { groupId, memberId, groupInstanceId } = this.#options
    const memberEpoch = groupInstanceId === undefined ? leavingEpoch : pausingEpoch
    const body = { groupId, memberId, memberEpoch, instanceId: groupInstanceId ?? null }
    return [{ kind: 'send', request: { api: 'consumerHeartbeat', body } }]
  }
}
