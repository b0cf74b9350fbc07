import { ErrorCode } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import type {
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import { coordinatorIsStale, mayTryAgain } from '../../consumer/core/group/group-errors.ts'
import type { SharePartition } from './share-session.ts'

export interface ShareMembershipOptions {
  readonly groupId: string
  /** Made by the client, and kept for its whole life. */
  readonly memberId: string
  readonly rackId: string | undefined
  /** The pause after the n-th failure in a row. */
  readonly backoffMs: (failures: number) => number
}

/** What the host is to do, in this order. */
export type ShareMembershipEffect =
  | { readonly kind: 'heartbeat'; readonly body: Input<ShareGroupHeartbeatRequest> }
  /** From now on records come from these, and no others. */
  | { readonly kind: 'assign'; readonly partitions: readonly SharePartition[] }
  | { readonly kind: 'forgetCoordinator' }
  | { readonly kind: 'fail'; readonly errorCode: number; readonly message: string | undefined }

const joiningEpoch = 0
const leavingEpoch = -1
/** Until the coordinator says how often. */
const intervalMsDefault = 5000

/**
 * A member of a share group (KIP-932): the coordinator tells with its heartbeats from which partitions the member may fetch. Members share partitions, so
 * nothing has to be given up before another gets it. Pure: an event and the time in, what is to be done out.
 */
export class ShareMembership {
  readonly #options: ShareMembershipOptions
  #topics: readonly string[] = []
  #toldTopics: string | undefined
  #epoch = joiningEpoch
  #isHeartbeatOut = false
  #dueMs = 0
  #intervalMs = intervalMsDefault
  #failures = 0
  #hasEnded = false

  constructor(options: ShareMembershipOptions) {
    this.#options = options
  }

  /** 0 outside of the group. */
  get epoch(): number {
    return this.#epoch
  }

  subscribe(topics: readonly string[], nowMs: number): void {
    this.#topics = topics
    this.#dueMs = Math.min(this.#dueMs, nowMs)
  }

  get nextDeadlineMs(): number {
    return this.#hasEnded || this.#isHeartbeatOut ? Infinity : this.#dueMs
  }

  poll(nowMs: number): ShareMembershipEffect[] {
    if (nowMs < this.nextDeadlineMs) return []
    this.#isHeartbeatOut = true
    this.#dueMs = nowMs + this.#intervalMs
    const { groupId, memberId, rackId } = this.#options
    const isJoining = this.#epoch === joiningEpoch
    const topics = this.#topics.join(',')
    const tellsTopics = isJoining || topics !== this.#toldTopics
    this.#toldTopics = topics
    const body = {
      groupId,
      memberId,
      memberEpoch: this.#epoch,
      rackId: isJoining ? (rackId ?? null) : null,
      subscribedTopicNames: tellsTopics ? [...this.#topics] : null,
    }
    return [{ kind: 'heartbeat', body }]
  }

  answered(response: ShareGroupHeartbeatResponse, nowMs: number): ShareMembershipEffect[] {
    this.#isHeartbeatOut = false
    if (this.#hasEnded) return []
    if (response.errorCode !== ErrorCode.NONE) return this.#refused(response, nowMs)
    this.#failures = 0
    this.#epoch = response.memberEpoch
    if (response.heartbeatIntervalMs > 0) this.#intervalMs = response.heartbeatIntervalMs
    this.#dueMs = Math.min(this.#dueMs, nowMs + this.#intervalMs)
    if (response.assignment === null) return []
    const partitions = response.assignment.topicPartitions.flatMap(({ topicId, partitions: numbers }) =>
      numbers.map((partition) => ({ topicId, partition })),
    )
    return [{ kind: 'assign', partitions }]
  }

  unanswered(nowMs: number): ShareMembershipEffect[] {
    this.#tryAgain(nowMs)
    return [{ kind: 'forgetCoordinator' }]
  }

  #tryAgain(nowMs: number): void {
    this.#isHeartbeatOut = false
    this.#toldTopics = undefined
    this.#failures++
    this.#dueMs = nowMs + this.#options.backoffMs(this.#failures)
  }

  #refused({ errorCode, errorMessage }: ShareGroupHeartbeatResponse, nowMs: number): ShareMembershipEffect[] {
    if (coordinatorIsStale(errorCode)) return this.unanswered(nowMs)
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID || errorCode === ErrorCode.FENCED_MEMBER_EPOCH) {
      this.#epoch = joiningEpoch
      this.#dueMs = nowMs
      return [{ kind: 'assign', partitions: [] }]
    }
    if (mayTryAgain(errorCode)) {
      this.#tryAgain(nowMs)
      return []
    }
    this.#hasEnded = true
    return [{ kind: 'fail', errorCode, message: errorMessage ?? undefined }]
  }

  /** The request with which it leaves; undefined when it is in no group. */
  leave(): Input<ShareGroupHeartbeatRequest> | undefined {
    const isMember = this.#epoch !== joiningEpoch && !this.#hasEnded
    this.#hasEnded = true
    const { groupId, memberId } = this.#options
    return isMember ? { groupId, memberId, memberEpoch: leavingEpoch } : undefined
  }
}
