import type { Timer } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { Input } from '@odradek/kafka-protocol'
import {
  shareGroupHeartbeatRequest,
  shareGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import type {
  ShareGroupHeartbeatRequest,
  ShareGroupHeartbeatResponse,
} from '@odradek/kafka-protocol/messages/76-share-group-heartbeat'
import { isRetriable } from '../../classify-error.ts'
import type { GroupCoordinator } from '../../consumer/host/coordinator-requests.ts'
import type { ShareMembership, ShareMembershipEffect } from '../core/share-membership.ts'
import type { SharePartition } from '../core/share-session.ts'
import type { MembershipMetrics } from '../../consumer/membership-metrics.ts'

export interface ShareMemberCallbacks {
  readonly assign: (partitions: readonly SharePartition[]) => void
  readonly fail: (error: unknown) => void
}

/** Runs a membership of a share group: sends its heartbeats and brings it the answers. */
export class ShareMember {
  readonly #coordinator: GroupCoordinator
  readonly #membership: ShareMembership
  readonly #callbacks: ShareMemberCallbacks
  readonly #metrics: MembershipMetrics
  #timer: Timer | undefined
  #isStarted = false
  #isClosed = false
  /** Why the coordinator was not reached last, if it was not. */
  lastError: unknown

  constructor(
    coordinator: GroupCoordinator,
    membership: ShareMembership,
    callbacks: ShareMemberCallbacks,
    metrics: MembershipMetrics,
  ) {
    this.#metrics = metrics
    this.#coordinator = coordinator
    this.#membership = membership
    this.#callbacks = callbacks
  }

  get #nowMs(): number {
    return this.#coordinator.cluster.nowMs
  }

  /** Joins, as soon as brokers are known. */
  async start(): Promise<void> {
    const { cluster } = this.#coordinator
    while (!cluster.isClosed) {
      try {
        await cluster.refresh()
        break
      } catch (error) {
        if (cluster.isClosed) return
        this.lastError = error
        cluster.env.log.warn('cannot reach the cluster; tries again', { error })
        await cluster.sleep(cluster.config['retry.backoff.max.ms']).catch(() => undefined)
      }
    }
    this.#isStarted = true
    this.pump()
  }

  /** Lets the membership do what is due. */
  pump(): void {
    if (this.#isStarted && !this.#isClosed) this.#run(this.#membership.poll(this.#nowMs))
  }

  #run(effects: readonly ShareMembershipEffect[]): void {
    for (const effect of effects) this.#do(effect)
    const { nextDeadlineMs } = this.#membership
    this.#timer?.cancel()
    if (this.#isClosed || nextDeadlineMs === Infinity) return
    this.#timer = this.#coordinator.cluster.env.timers.after(nextDeadlineMs - this.#nowMs, () => this.pump())
  }

  #do(effect: ShareMembershipEffect): void {
    switch (effect.kind) {
      case 'heartbeat':
        void this.#heartbeat(effect.body)
        return
      case 'assign':
        this.#metrics.rebalanced()
        this.#callbacks.assign(effect.partitions)
        return
      case 'forgetCoordinator':
        this.#coordinator.forget()
        return
      case 'fail':
        this.#fail(KafkaError.of(effect.errorCode, effect.message))
    }
  }

  #fail(error: unknown): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#callbacks.fail(error)
  }

  async #heartbeat(body: Input<ShareGroupHeartbeatRequest>): Promise<void> {
    let effects: readonly ShareMembershipEffect[]
    const sinceMs = this.#nowMs
    try {
      const answer = await this.#ask(body)
      if (answer.errorCode === ErrorCode.NONE) this.#metrics.heartbeat(this.#nowMs - sinceMs)
      this.lastError = undefined
      effects = this.#membership.answered(answer, this.#nowMs)
    } catch (error) {
      if (this.#isClosed || this.#coordinator.cluster.isClosed) return
      this.lastError = error
      if (!isRetriable(error)) return this.#fail(error)
      effects = this.#membership.unanswered(this.#nowMs)
    }
    if (this.#isClosed) return
    this.#run(effects)
    this.pump()
  }

  #ask(body: Input<ShareGroupHeartbeatRequest>): Promise<ShareGroupHeartbeatResponse> {
    return this.#coordinator.send('membership', shareGroupHeartbeatRequest, shareGroupHeartbeatResponse, body)
  }

  /** Resolves when the coordinator knows that the member has gone, or cannot be told. */
  async leave(): Promise<void> {
    const body = this.#isClosed ? undefined : this.#membership.leave()
    this.#isClosed = true
    this.#timer?.cancel()
    if (body === undefined) return
    try {
      await this.#ask(body)
    } catch (error) {
      this.#coordinator.cluster.env.log.debug('could not leave the share group', { error })
    }
  }
}
