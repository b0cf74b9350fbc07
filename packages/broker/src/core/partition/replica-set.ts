import { FollowerState } from './follower-state.ts'
import type { LeaderAndIsr } from './leader-and-isr.ts'

/** A change of the in-sync replicas that the controller is to be asked for (AlterPartition). */
export interface IsrProposal {
  readonly leaderEpoch: number
  /** The partition epoch that it builds on. */
  readonly partitionEpoch: number
  readonly isr: readonly number[]
}

export interface ReplicaSetLimits {
  /** `replica.lag.time.max.ms` */
  readonly replicaLagTimeMaxMs: number
  /** `min.insync.replicas` of the topic. */
  minInSyncReplicas: number
}

/**
 * The replicas of one partition as one broker sees them: who leads, in which epoch, who is in sync, and how far everyone is.
 * Pure: the host tells it what the controller decided, what was appended and what followers fetched, and acts on what it returns.
 *
 * What must hold: the high watermark never goes back within a leader epoch, never passes the end of the log, and never passes
 * what a member of the ISR, or one that is about to become a member, has fetched.
 */
export class ReplicaSet {
  readonly brokerId: number
  readonly limits: ReplicaSetLimits
  role: 'none' | 'leader' | 'follower' = 'none'
  leader = -1
  /** -1 until the controller has spoken. */
  leaderEpoch = -1
  /** The end of the log when this broker became leader in this epoch. */
  leaderEpochStartOffset = -1
  controllerEpoch = -1
  partitionEpoch = -1
  replicas: readonly number[] = []
  isr: readonly number[] = []
  /** Replicas are being added or taken away. */
  isReassigning = false
  /** Asked for and not answered yet. It counts as if it were true wherever that is the safer side. */
  pendingIsr: IsrProposal | undefined
  /** Offsets below it are on every in-sync replica. */
  highWatermark = 0
  /** Where this replica's own log ends, as far as it counts for the high watermark. */
  localEndOffset = 0
  readonly #followers = new Map<number, FollowerState>()

  constructor(brokerId: number, limits: ReplicaSetLimits) {
    this.brokerId = brokerId
    this.limits = limits
  }

  get isLeader(): boolean {
    return this.role === 'leader'
  }

  follower(brokerId: number): FollowerState | undefined {
    return this.#followers.get(brokerId)
  }

  /** True when it leads in a new epoch: leading starts over, and waiters of the old epoch must go. */
  becomeLeader(state: LeaderAndIsr, logEndOffset: number, nowMs: number): boolean {
    const isNewEpoch = this.role !== 'leader' || state.leaderEpoch > this.leaderEpoch
    this.#take(state)
    this.role = 'leader'
    this.localEndOffset = logEndOffset
    for (const brokerId of this.#followers.keys()) {
      if (!state.replicas.includes(brokerId)) this.#followers.delete(brokerId)
    }
    for (const brokerId of state.replicas) {
      if (brokerId === this.brokerId) continue
      let follower = this.#followers.get(brokerId)
      if (follower === undefined) {
        follower = new FollowerState(brokerId)
        this.#followers.set(brokerId, follower)
        follower.reset(logEndOffset, nowMs, state.isr.includes(brokerId))
      } else if (isNewEpoch) {
        follower.reset(logEndOffset, nowMs, state.isr.includes(brokerId))
      }
    }
    if (isNewEpoch) this.leaderEpochStartOffset = logEndOffset
    this.advanceHighWatermark(nowMs)
    return isNewEpoch
  }

  becomeFollower(state: LeaderAndIsr): void {
    this.#take(state)
    this.role = 'follower'
    this.#followers.clear()
    this.leaderEpochStartOffset = -1
  }

  #take(state: LeaderAndIsr): void {
    this.leader = state.leader
    this.leaderEpoch = state.leaderEpoch
    this.controllerEpoch = state.controllerEpoch
    this.partitionEpoch = state.partitionEpoch
    this.replicas = state.replicas
    this.isr = state.isr
    this.isReassigning = state.addingReplicas.length > 0 || state.removingReplicas.length > 0
    this.pendingIsr = undefined
  }

  /** The leader's own log now counts up to `endOffset`. True when the high watermark advanced. */
  localAdvanced(endOffset: number, nowMs: number): boolean {
    this.localEndOffset = endOffset
    return this.advanceHighWatermark(nowMs)
  }

  /** A follower fetched from this leader. Undefined when the broker is no replica of the partition. */
  followerFetched(
    fetch: { brokerId: number; fetchOffset: number; logStartOffset: number; brokerEpoch: number },
    nowMs: number,
  ): { highWatermarkAdvanced: boolean; proposal: IsrProposal | undefined } | undefined {
    const follower = this.#followers.get(fetch.brokerId)
    if (follower === undefined) return undefined
    follower.fetched(fetch.fetchOffset, fetch.logStartOffset, this.localEndOffset, nowMs, fetch.brokerEpoch)
    const proposal = this.#proposeExpansion(follower)
    return { highWatermarkAdvanced: this.advanceHighWatermark(nowMs), proposal }
  }

  /** A follower joins the ISR when it has reached the high watermark and the start of this leader's epoch. */
  #proposeExpansion(follower: FollowerState): IsrProposal | undefined {
    if (this.pendingIsr !== undefined || this.isr.includes(follower.brokerId)) return undefined
    if (follower.logEndOffset < this.highWatermark || follower.logEndOffset < this.leaderEpochStartOffset)
      return undefined
    return this.#propose([...this.isr, follower.brokerId])
  }

  /**
   * The lowest log start offset of the replicas whose brokers are live; -1 while one of them has not told its own. Records below it are
   * gone everywhere.
   */
  lowWatermark(localLogStartOffset: number, isLive: (brokerId: number) => boolean): number {
    let lowest = localLogStartOffset
    for (const follower of this.#followers.values()) {
      if (isLive(follower.brokerId)) lowest = Math.min(lowest, follower.logStartOffset)
    }
    return lowest
  }

  /** Who fell behind for longer than the limit goes. To be asked every half of `replica.lag.time.max.ms`. */
  proposeShrink(nowMs: number): IsrProposal | undefined {
    if (this.role !== 'leader' || this.pendingIsr !== undefined) return undefined
    const inSync = this.isr.filter((brokerId) => {
      if (brokerId === this.brokerId) return true
      const follower = this.#followers.get(brokerId)
      return follower?.isCaughtUp(this.localEndOffset, nowMs, this.limits.replicaLagTimeMaxMs) === true
    })
    return inSync.length === this.isr.length ? undefined : this.#propose(inSync)
  }

  #propose(isr: readonly number[]): IsrProposal {
    this.pendingIsr = { leaderEpoch: this.leaderEpoch, partitionEpoch: this.partitionEpoch, isr }
    return this.pendingIsr
  }

  /** The controller wrote the change, or had a newer one. True when the high watermark advanced. */
  isrAltered(change: { leaderEpoch: number; partitionEpoch: number; isr: readonly number[] }, nowMs: number): boolean {
    if (change.leaderEpoch !== this.leaderEpoch || change.partitionEpoch < this.partitionEpoch) return false
    this.pendingIsr = undefined
    this.isr = change.isr
    this.partitionEpoch = change.partitionEpoch
    return this.advanceHighWatermark(nowMs)
  }

  /** The controller refused the change: what was true stays true, and it may be asked again. */
  isrRefused(proposal: IsrProposal): void {
    if (this.pendingIsr === proposal) this.pendingIsr = undefined
  }

  /** The replicas that must have a record before it counts as committed, at least: `min.insync.replicas`, but never more than there are. */
  get effectiveMinInSync(): number {
    return Math.min(this.limits.minInSyncReplicas, this.replicas.length)
  }

  get isUnderMinInSync(): boolean {
    return this.isr.length < this.effectiveMinInSync
  }

  /** True when the high watermark moved. It does not while the ISR is below `min.insync.replicas` (KIP-966). */
  advanceHighWatermark(nowMs: number): boolean {
    if (this.role !== 'leader') return false
    let candidate = this.localEndOffset
    if (this.#followers.size > 0) {
      if (this.isUnderMinInSync) return false
      for (const follower of this.#followers.values()) {
        if (follower.logEndOffset < candidate && this.#holdsBack(follower, nowMs)) candidate = follower.logEndOffset
      }
    }
    if (candidate <= this.highWatermark) return false
    this.highWatermark = candidate
    return true
  }

  /** Members, proposed members, and those that are as good as caught up (or they could never join a busy partition). */
  #holdsBack(follower: FollowerState, nowMs: number): boolean {
    return (
      this.isr.includes(follower.brokerId) ||
      this.pendingIsr?.isr.includes(follower.brokerId) === true ||
      (follower.logEndOffset >= 0 && follower.isCaughtUp(this.localEndOffset, nowMs, this.limits.replicaLagTimeMaxMs))
    )
  }
}
