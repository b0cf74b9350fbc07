import type { Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { joinGroupRequest, joinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import { heartbeatRequest, heartbeatResponse } from '@odradek/kafka-protocol/messages/12-heartbeat'
import { leaveGroupRequest, leaveGroupResponse } from '@odradek/kafka-protocol/messages/13-leave-group'
import { syncGroupRequest, syncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import {
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/68-consumer-group-heartbeat'
import { isRetriable } from '../../classify-error.ts'
import { ClassicMembership } from '../core/group/classic-membership.ts'
import type { ConsumerMembership } from '../core/group/consumer-membership.ts'
import type { GroupRequest, MemberIdentity, MembershipEffect } from '../core/group/membership.ts'
import type { Assignor } from '../assignor/assignor.ts'
import type { ConsumerMetrics } from '../consumer-metrics.ts'
import type { ConsumerObserver } from '../consumer-seams.ts'
import type { TopicPartition } from '../topic-partition.ts'
import type { GroupCoordinator } from './coordinator-requests.ts'
import { GroupLeader } from './group-leader.ts'

export interface GroupMemberCallbacks {
  /** Resolves when the application has given the partitions up. */
  readonly revoke: (partitions: readonly TopicPartition[]) => Promise<void>
  /** Drops the partitions at once. */
  readonly lose: (partitions: readonly TopicPartition[]) => void
  readonly assign: (partitions: readonly TopicPartition[]) => void
  readonly fail: (error: unknown) => void
}

/** Runs a membership: sends what it wants sent, brings it the answers, and wakes it when it has something to do. */
export class GroupMember {
  readonly #coordinator: GroupCoordinator
  readonly #membership: ClassicMembership | ConsumerMembership
  readonly #callbacks: GroupMemberCallbacks
  readonly #leader: GroupLeader
  /** A join is answered when all others have joined. */
  readonly #joinTimeoutMs: number
  readonly #metrics: ConsumerMetrics
  readonly #observer: ConsumerObserver | undefined
  /** When the join that is under way has begun. */
  #joiningSinceMs: number | undefined
  #timer: Timer | undefined
  #isStarted = false
  #isClosed = false
  #lastError: unknown
  /** How many times partitions came or went. */
  rebalanceCount = 0

  constructor(
    coordinator: GroupCoordinator,
    membership: ClassicMembership | ConsumerMembership,
    assignors: readonly Assignor[],
    joinTimeoutMs: number,
    callbacks: GroupMemberCallbacks,
    metrics: ConsumerMetrics,
    observer?: ConsumerObserver,
  ) {
    this.#metrics = metrics
    this.#observer = observer
    this.#coordinator = coordinator
    this.#membership = membership
    this.#joinTimeoutMs = joinTimeoutMs
    this.#callbacks = callbacks
    this.#leader = new GroupLeader(coordinator.cluster, assignors, () => {
      if (this.#membership instanceof ClassicMembership) this.#membership.rejoin()
      this.pump()
    })
  }

  get identity(): MemberIdentity {
    return this.#membership.identity
  }

  get isStable(): boolean {
    return this.#membership.isStable
  }

  /** Why the coordinator was not reached last, if it was not. */
  get lastError(): unknown {
    return this.#lastError
  }

  get #nowMs(): number {
    return this.#coordinator.cluster.nowMs
  }

  start(): void {
    this.#isStarted = true
    this.pump()
  }

  /** Lets the membership do what is due. Called by who has changed something about it. */
  pump(): void {
    if (!this.#isStarted || this.#isClosed) return
    this.#run(this.#membership.poll(this.#nowMs))
  }

  /** Metadata have changed. */
  metadataChanged(): void {
    this.#leader.metadataChanged()
    if (!(this.#membership instanceof ClassicMembership)) this.#run(this.#membership.reconcile(this.#nowMs))
  }

  suspend(): void {
    this.#run(this.#membership.suspend(this.#nowMs))
  }

  resume(): void {
    this.#membership.resume(this.#nowMs)
    this.pump()
  }

  /** Leaves the group; resolves when the coordinator knows, or cannot be told. */
  async leave(): Promise<void> {
    const effects = this.#isStarted && !this.#isClosed ? this.#membership.leave() : []
    this.#isClosed = true
    this.#timer?.cancel()
    for (const effect of effects) {
      if (effect.kind !== 'send') continue
      try {
        await this.#ask(effect.request, 'offsets')
      } catch (error) {
        this.#coordinator.cluster.env.log.debug('could not leave the group', { error })
      }
    }
  }

  #run(effects: readonly MembershipEffect[]): void {
    for (const effect of effects) this.#do(effect)
    if (this.#isClosed) return
    const { nextDeadlineMs } = this.#membership
    this.#timer?.cancel()
    if (nextDeadlineMs === Infinity) return
    this.#timer = this.#coordinator.cluster.env.timers.after(nextDeadlineMs - this.#nowMs, () => this.pump())
  }

  #do(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'send':
        void this.#send(effect.request)
        return
      case 'lead':
        void this.#lead(effect)
        return
      case 'revoke':
        this.#rebalanced()
        void this.#revoke(effect.partitions)
        return
      case 'lost':
        this.#rebalanced()
        this.#callbacks.lose(effect.partitions)
        return
      case 'assign':
        this.#rebalanced()
        this.#callbacks.assign(effect.partitions)
        this.#tellJoined()
        return
      case 'forgetCoordinator':
        this.#coordinator.forget()
        return
      case 'fail':
        this.#isClosed = true
        this.#callbacks.fail(KafkaError.of(effect.errorCode, effect.message))
    }
  }

  #rebalanced(): void {
    this.rebalanceCount++
    this.#metrics.membership.rebalanced()
  }

  #tellJoined(): void {
    if (!(this.#membership instanceof ClassicMembership)) return
    const durationMs = this.#nowMs - (this.#joiningSinceMs ?? this.#nowMs)
    this.#joiningSinceMs = undefined
    this.#metrics.joined(durationMs)
    this.#observer?.joined?.({ ...this.identity, ...this.#membership.lastRebalance, durationMs })
  }

  async #revoke(partitions: readonly TopicPartition[]): Promise<void> {
    await this.#callbacks.revoke(partitions)
    if (this.#isClosed) return
    this.#run(this.#membership.revoked(partitions, this.#nowMs))
    this.pump()
  }

  async #lead({ assignor, members }: Extract<MembershipEffect, { kind: 'lead' }>): Promise<void> {
    try {
      const topics = this.#membership instanceof ClassicMembership ? this.#membership.topics : []
      const assignments = await this.#leader.assign(assignor, members, topics)
      if (this.#membership instanceof ClassicMembership && !this.#isClosed) this.#run(this.#membership.led(assignments))
    } catch (error) {
      if (!this.#isClosed && !this.#coordinator.cluster.isClosed) this.#callbacks.fail(error)
    }
  }

  async #send(request: GroupRequest): Promise<void> {
    try {
      const effects = await this.#exchange(request)
      this.#lastError = undefined
      if (this.#isClosed) return
      this.#run(effects)
    } catch (error) {
      if (this.#isClosed || this.#coordinator.cluster.isClosed || request.api === 'leave') return
      this.#lastError = error
      if (!isRetriable(error)) {
        this.#isClosed = true
        this.#timer?.cancel()
        return this.#callbacks.fail(error)
      }
      const effects =
        this.#membership instanceof ClassicMembership
          ? this.#membership.unanswered(
              request.api === 'join' || request.api === 'sync' ? request.api : 'heartbeat',
              this.#nowMs,
            )
          : this.#membership.unanswered(this.#nowMs)
      this.#run(effects)
    }
    this.pump()
  }

  async #exchange(request: GroupRequest): Promise<MembershipEffect[]> {
    const membership = this.#membership
    if (request.api === 'join') this.#joiningSinceMs ??= this.#nowMs
    const sinceMs = this.#nowMs
    const answer = await this.#ask(request, 'membership')
    if (membership instanceof ClassicMembership) {
      if (answer.api === 'join') return membership.joined(answer.response, this.#nowMs)
      if (answer.api === 'sync') return membership.synced(answer.response, this.#nowMs)
      if (answer.api === 'heartbeat') this.#tellHeartbeat(answer.errorCode, this.#nowMs - sinceMs)
      if (answer.api === 'heartbeat') return membership.heartbeatAnswered(answer.errorCode, this.#nowMs)
      return []
    }
    if (answer.api === 'consumerHeartbeat' && answer.response.errorCode === ErrorCode.NONE)
      this.#metrics.membership.heartbeat(this.#nowMs - sinceMs)
    return answer.api === 'consumerHeartbeat' && !isLeaving(request)
      ? membership.heartbeatAnswered(answer.response, this.#nowMs)
      : []
  }

  #tellHeartbeat(errorCode: number, durationMs: number): void {
    if (errorCode === ErrorCode.NONE) this.#metrics.membership.heartbeat(durationMs)
    if (errorCode === ErrorCode.NONE) this.#observer?.heartbeat?.(this.identity)
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) this.#observer?.rebalancing?.(this.identity)
  }

  async #ask(request: GroupRequest, purpose: 'membership' | 'offsets') {
    const coordinator = this.#coordinator
    switch (request.api) {
      case 'join': {
        const options = { timeoutMs: this.#joinTimeoutMs }
        const response = await coordinator.send(purpose, joinGroupRequest, joinGroupResponse, request.body, options)
        return { api: request.api, response }
      }
      case 'sync':
        return {
          api: request.api,
          response: await coordinator.send(purpose, syncGroupRequest, syncGroupResponse, request.body, {
            timeoutMs: this.#joinTimeoutMs,
          }),
        }
      case 'heartbeat': {
        const { errorCode } = await coordinator.send(purpose, heartbeatRequest, heartbeatResponse, request.body)
        return { api: request.api, errorCode }
      }
      case 'leave': {
        await coordinator.send(purpose, leaveGroupRequest, leaveGroupResponse, (version) => {
          const { groupId, memberId, members } = request.body
          return version >= 3 ? { groupId, members } : { groupId, memberId }
        })
        return { api: request.api }
      }
      case 'consumerHeartbeat': {
        const { body } = request
        const [req, res] = [consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse] as const
        return { api: request.api, response: await coordinator.send(purpose, req, res, body) }
      }
    }
  }
}

function isLeaving(request: GroupRequest): boolean {
  return request.api === 'consumerHeartbeat' && (request.body.memberEpoch ?? 0) < 0
}
