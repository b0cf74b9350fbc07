import type { Env } from '@odradek/base'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import type { AppendResult, PartitionLog } from '@odradek/storage'
import type { LeaderAndIsr } from '../../core/partition/leader-and-isr.ts'
import type { ReplicaSetLimits, IsrProposal } from '../../core/partition/replica-set.ts'
import { ReplicaSet } from '../../core/partition/replica-set.ts'
import { noTopicId } from '../../core/topic-id.ts'
import { AckWaiters } from './ack-waiters.ts'
import type { PartitionFetch, PartitionRead, ReadIsolation } from '../../core/partition/partition-fetch.ts'

/** What a request says that does not know an epoch. */
const NO_EPOCH = -1

const nothing = { chunks: [], sizeBytes: 0, nextOffset: -1 }

/** A fetch that waits for more to read on this partition. */
export interface FetchWaiter {
  /** True for a follower, which reads to the end of the log; others see nothing new before the high watermark moves. */
  readonly readsToLogEnd: boolean
  /** More can be read, or the partition's leader changed. Only marks: the fetch reads later, outside this call. */
  wake(): void
}

export interface PartitionOptions {
  readonly topic: string
  readonly topicId: string
  readonly partitionIndex: number
  readonly log: PartitionLog
  readonly brokerId: number
  readonly limits: ReplicaSetLimits
  /** Asks the controller for another ISR; absent while this broker cannot. */
  readonly proposeIsr: ((partition: Partition, proposal: IsrProposal) => void) | undefined
}

/**
 * One partition that this broker holds: its log, its place among the replicas, and those who wait on it.
 * The replica manager owns it; handlers and coordinators append and read through it. All methods are synchronous.
 */
export class Partition {
  readonly topic: string
  topicId: string
  readonly partitionIndex: number
  /** Another one when the replica has moved to another log directory, with the same records. */
  log: PartitionLog
  readonly replicas: ReplicaSet
  /** Set when the log is gone or its directory failed; nothing may be asked of it then. */
  isClosed = false
  readonly fetchWaiters = new Set<FetchWaiter>()
  readonly #env: Env
  readonly #ackWaiters = new AckWaiters()
  readonly #highWatermarkListeners = new Set<() => void>()
  readonly #followerListeners = new Set<() => void>()
  readonly #proposeIsr: ((partition: Partition, proposal: IsrProposal) => void) | undefined
  /** Counts how often the leader or its epoch changed, so that what waits for a sync notices. */
  #leadershipChanges = 0

  constructor(env: Env, options: PartitionOptions) {
    this.#env = env
    this.topic = options.topic
    this.topicId = options.topicId
    this.partitionIndex = options.partitionIndex
    this.log = options.log
    this.#proposeIsr = options.proposeIsr
    this.replicas = new ReplicaSet(options.brokerId, options.limits)
    this.replicas.highWatermark = options.log.highWatermark
  }

  /** Appends that wait for replicas. */
  get unacknowledgedCount(): number {
    return this.#ackWaiters.size
  }

  get isLeader(): boolean {
    return this.replicas.role === 'leader'
  }

  get leaderEpoch(): number {
    return this.replicas.leaderEpoch
  }

  get highWatermark(): number {
    return this.replicas.highWatermark
  }

  get logStartOffset(): number {
    return this.log.logStartOffset
  }

  get logEndOffset(): number {
    return this.log.logEndOffset
  }

  /** Offsets below it are of no open transaction. */
  get lastStableOffset(): number {
    return this.log.lastStableOffset(this.highWatermark)
  }

  // Roles

  /** Leads in the epoch of `state`. True when that epoch is new to it. */
  becomeLeader(state: LeaderAndIsr): boolean {
    const { log } = this
    // Where every append must be synced, nothing counts as committed before it is, what was found at a start neither.
    const syncs = log.config.flushMessages === 1 && log.recoveryPoint < log.logEndOffset
    const countedOffset = syncs ? Math.max(log.recoveryPoint, this.highWatermark) : log.logEndOffset
    const isNewEpoch = this.replicas.becomeLeader(state, countedOffset, this.#env.clock.monotonicMs())
    if (isNewEpoch) {
      this.log.assignLeaderEpoch(state.leaderEpoch, this.log.logEndOffset)
      this.#leadershipChanged()
    }
    this.#highWatermarkMoved()
    if (syncs) this.#syncThenCount()
    return isNewEpoch
  }

  /** Follows the leader of `state`, or nobody. */
  becomeFollower(state: LeaderAndIsr): void {
    this.replicas.becomeFollower(state)
    this.#leadershipChanged()
  }

  /** The replica goes on to exist, but neither leads nor follows until the controller says so. */
  stopLeading(): void {
    this.replicas.role = 'none'
    this.#leadershipChanged()
  }

  /** The replica is gone: whoever waits is told that this is no leader. */
  close(): void {
    this.isClosed = true
    this.replicas.role = 'none'
    this.#leadershipChanged()
  }

  #leadershipChanged(): void {
    this.#leadershipChanges++
    this.#ackWaiters.failAll(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    this.wakeWaitingFetches()
    for (const listener of this.#followerListeners) listener()
  }

  /** Every fetch that waits here looks again. */
  wakeWaitingFetches(): void {
    for (const waiter of this.fetchWaiters) waiter.wake()
  }

  // Appending

  /**
   * Appends one batch as the leader. With `requiredAcks` -1 it throws NOT_ENOUGH_REPLICAS while the ISR is below `min.insync.replicas`.
   * Throws NOT_LEADER_OR_FOLLOWER and what the log throws; nothing is appended then.
   */
  appendAsLeader(records: Buffer, options: { requiredAcks: number; origin: 'client' | 'coordinator' }): AppendResult {
    if (!this.isLeader) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    if (options.requiredAcks === -1 && this.replicas.isUnderMinInSync) {
      throw new KafkaError(
        'NOT_ENOUGH_REPLICAS',
        `${this.topic}-${this.partitionIndex} has ${this.replicas.isr.length} in-sync replicas, min.insync.replicas asks for ${this.replicas.effectiveMinInSync}`,
      )
    }
    const result = this.log.appendAsLeader(records, {
      leaderEpoch: this.leaderEpoch,
      nowMs: this.#env.clock.wallMs(),
      requiredAcks: options.requiredAcks,
      origin: options.origin,
    })
    if (result.duplicate) return result
    if (result.mustSyncBeforeAck) {
      this.#wakeFollowers()
      this.#syncThenCount()
    } else {
      this.#counted(result.lastOffset + 1)
    }
    return result
  }

  #counted(endOffset: number): void {
    const advanced = this.replicas.localAdvanced(endOffset, this.#env.clock.monotonicMs())
    if (advanced) this.#highWatermarkMoved()
    else this.#wakeFollowers()
  }

  /** One sync for all that was appended meanwhile; a failed one leaves the records uncommitted and the log's directory failed. */
  #syncThenCount(): void {
    const change = this.#leadershipChanges
    const endOffset = this.log.logEndOffset
    this.log.flush().then(
      () => {
        if (change === this.#leadershipChanges && !this.isClosed)
          this.#counted(Math.max(endOffset, this.replicas.localEndOffset))
      },
      () => this.#ackWaiters.failAll(ErrorCode.KAFKA_STORAGE_ERROR),
    )
  }

  /**
   * Calls `done` when an append is acknowledged as far as `requiredAcks` asks (1: by this leader, -1: by all in-sync replicas),
   * or when this broker cannot know any more. May call it at once.
   */
  whenAcknowledged(append: AppendResult, requiredAcks: number, done: (errorCode: number) => void): void {
    if (requiredAcks === -1) {
      this.whenCommitted(append.lastOffset + 1, done)
    } else if (requiredAcks === 1 && append.mustSyncBeforeAck) {
      this.log.flush().then(
        () => done(ErrorCode.NONE),
        () => done(ErrorCode.KAFKA_STORAGE_ERROR),
      )
    } else {
      done(ErrorCode.NONE)
    }
  }

  /** Calls `done` when all below `requiredOffset` is committed, or when this broker cannot know any more. May call it at once. */
  whenCommitted(requiredOffset: number, done: (errorCode: number) => void): void {
    if (requiredOffset <= this.highWatermark) done(this.#committedCode())
    else this.#ackWaiters.add({ requiredOffset, done })
  }

  #committedCode(): number {
    return this.replicas.isUnderMinInSync ? ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND : ErrorCode.NONE
  }

  // Followers

  /**
   * A follower's fetch tells how far it is. Throws for a broker that is no replica: UNKNOWN_LEADER_EPOCH when it knows the epoch of this
   * leader, which then has yet to hear of it, otherwise NOT_LEADER_OR_FOLLOWER.
   */
  followerFetched(
    fetch: { brokerId: number; fetchOffset: number; logStartOffset: number; brokerEpoch: number },
    knowsEpoch: boolean,
  ): void {
    const outcome = this.replicas.followerFetched(fetch, this.#env.clock.monotonicMs())
    if (outcome === undefined) {
      throw new KafkaError(
        knowsEpoch ? 'UNKNOWN_LEADER_EPOCH' : 'NOT_LEADER_OR_FOLLOWER',
        `broker ${fetch.brokerId} is no replica of ${this.topic}-${this.partitionIndex}`,
      )
    }
    if (outcome.highWatermarkAdvanced) this.#highWatermarkMoved()
    if (outcome.proposal !== undefined) this.#propose(outcome.proposal)
    for (const listener of this.#followerListeners) listener()
  }

  /** Calls `listener` after each fetch of a follower, and when the leader changes. Returns what stops that. */
  onFollowerFetch(listener: () => void): () => void {
    this.#followerListeners.add(listener)
    return () => this.#followerListeners.delete(listener)
  }

  /** Drops followers that fell too far behind from the ISR. Called every half of `replica.lag.time.max.ms`. */
  maybeShrinkIsr(): void {
    const proposal =
      this.#proposeIsr === undefined ? undefined : this.replicas.proposeShrink(this.#env.clock.monotonicMs())
    if (proposal !== undefined) this.#propose(proposal)
  }

  #propose(proposal: IsrProposal): void {
    if (this.#proposeIsr === undefined) this.replicas.isrRefused(proposal)
    else this.#proposeIsr(this, proposal)
  }

  /** The controller's answer to a proposal. */
  isrAltered(change: { leaderEpoch: number; partitionEpoch: number; isr: readonly number[] }): void {
    if (this.replicas.isrAltered(change, this.#env.clock.monotonicMs())) this.#highWatermarkMoved()
  }

  /**
   * Deletes the records before `offset`, or before the high watermark when it is -1; followers do so when they see the new log start offset.
   * Returns the offset that all replicas are to start at. Throws NOT_LEADER_OR_FOLLOWER, POLICY_VIOLATION, OFFSET_OUT_OF_RANGE.
   */
  deleteRecordsBefore(offset: number): number {
    if (!this.isLeader) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
    if (!this.log.config.cleanupDelete) {
      throw new KafkaError(
        'POLICY_VIOLATION',
        `Records of partition ${this.topic}-${this.partitionIndex} can not be deleted due to the configured policy`,
      )
    }
    const requested = offset === -1 ? this.highWatermark : offset
    if (requested < 0) {
      throw new KafkaError(
        'OFFSET_OUT_OF_RANGE',
        `The offset ${requested} for partition ${this.topic}-${this.partitionIndex} is not valid`,
      )
    }
    this.log.incrementLogStartOffset(requested)
    return requested
  }

  // The high watermark

  /** Calls `listener` at every move of the high watermark, possibly from inside an append. Returns what stops that. */
  onHighWatermark(listener: () => void): () => void {
    this.#highWatermarkListeners.add(listener)
    return () => this.#highWatermarkListeners.delete(listener)
  }

  #highWatermarkMoved(): void {
    this.log.updateHighWatermark(this.replicas.highWatermark)
    for (const listener of this.#highWatermarkListeners) listener()
    this.#ackWaiters.committed(this.replicas.highWatermark, this.#committedCode())
    this.wakeWaitingFetches()
  }

  #wakeFollowers(): void {
    for (const waiter of this.fetchWaiters) if (waiter.readsToLogEnd) waiter.wake()
  }

  // Reading

  /** Throws FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH when the caller knows another epoch (KIP-320), NOT_LEADER_OR_FOLLOWER when it must be the leader. */
  ensureEpoch(currentLeaderEpoch: number, mustLead: boolean): void {
    if (currentLeaderEpoch !== NO_EPOCH && currentLeaderEpoch !== this.leaderEpoch) {
      throw new KafkaError(currentLeaderEpoch < this.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH')
    }
    if (this.isClosed || (mustLead && !this.isLeader)) throw new KafkaError('NOT_LEADER_OR_FOLLOWER')
  }

  /**
   * Reads for one fetch, at most about `maxBytes`; with `minOneBatch` at least a whole batch if there is any.
   * Throws what `ensureEpoch` throws, INCONSISTENT_TOPIC_ID, OFFSET_OUT_OF_RANGE, KAFKA_STORAGE_ERROR.
   */
  read(
    fetch: PartitionFetch,
    options: { isolation: ReadIsolation; mustLead: boolean; maxBytes: number; minOneBatch: boolean },
  ): PartitionRead {
    if (fetch.topicId !== noTopicId && this.topicId !== noTopicId && fetch.topicId !== this.topicId) {
      throw new KafkaError('INCONSISTENT_TOPIC_ID')
    }
    // In a fetch, unlike elsewhere, Kafka takes every negative epoch for none.
    this.ensureEpoch(Math.max(NO_EPOCH, fetch.currentLeaderEpoch), options.mustLead)
    const { log } = this
    const { fetchOffset } = fetch
    if (fetch.lastFetchedEpoch >= 0) {
      const divergence = this.#divergence(fetch)
      if (divergence !== undefined) return this.#readOf(nothing, false, undefined, divergence)
    }
    if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset) throw new KafkaError('OFFSET_OUT_OF_RANGE')
    const upperBoundOffset = this.upperBound(options.isolation)
    const isAtEnd = fetchOffset >= upperBoundOffset
    const isEmpty = isAtEnd || (options.maxBytes <= 0 && !options.minOneBatch)
    const read = isEmpty
      ? nothing
      : log.read(fetchOffset, Math.max(0, options.maxBytes), { minOneMessage: options.minOneBatch, upperBoundOffset })
    const hasMore = !isAtEnd && read.nextOffset < upperBoundOffset
    if (options.isolation !== 'committed') return this.#readOf(read, hasMore, undefined)
    const aborted = read.sizeBytes === 0 ? [] : log.abortedTransactions(fetchOffset, read.nextOffset)
    return this.#readOf(read, hasMore, aborted)
  }

  upperBound(isolation: ReadIsolation): number {
    if (isolation === 'logEnd') return this.log.logEndOffset
    return isolation === 'committed' ? this.lastStableOffset : this.highWatermark
  }

  #readOf(
    read: { readonly chunks: readonly Buffer[]; readonly sizeBytes: number },
    hasMore: boolean,
    abortedTransactions: PartitionRead['abortedTransactions'],
    divergingEpoch?: PartitionRead['divergingEpoch'],
  ): PartitionRead {
    return {
      errorCode: ErrorCode.NONE,
      highWatermark: this.highWatermark,
      lastStableOffset: this.lastStableOffset,
      logStartOffset: this.log.logStartOffset,
      chunks: read.chunks,
      sizeBytes: read.sizeBytes,
      hasMore,
      abortedTransactions,
      divergingEpoch,
    }
  }

  /** Where the reader's log parts from this one, if the last epoch that it fetched ended before its offset here (KIP-595). */
  #divergence(fetch: PartitionFetch): PartitionRead['divergingEpoch'] {
    const end = this.endOffsetForEpoch(fetch.lastFetchedEpoch)
    if (end === undefined) throw new KafkaError('OFFSET_OUT_OF_RANGE')
    return end.epoch < fetch.lastFetchedEpoch || end.endOffset < fetch.fetchOffset ? end : undefined
  }

  /** The largest epoch not above `epoch` and the offset at which it ended; undefined when unknown. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } | undefined {
    // The log knows an epoch from its first record on; the leader's own epoch ends where the log ends.
    if (this.isLeader && epoch === this.leaderEpoch) return { epoch, endOffset: this.log.logEndOffset }
    return this.log.endOffsetForEpoch(epoch)
  }
}
