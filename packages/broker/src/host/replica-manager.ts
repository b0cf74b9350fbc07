import type { Env, Timer } from '@odradek/base'
import { assert } from '@odradek/base'
import { ErrorCode, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { LeaderAndIsrRequest } from '@odradek/kafka-protocol/messages/04-leader-and-isr'
import type { LogManager } from '@odradek/storage'
import type { LeaderAndIsr } from '../core/partition/leader-and-isr.ts'
import type { IsrProposal } from '../core/partition/replica-set.ts'
import type { MetadataCache } from './metadata-cache.ts'
import { appendToPartitions } from './partition/append-to-partitions.ts'
import type { AppendEntry, AppendOptions, AppendOutcome } from './partition/append-to-partitions.ts'
import { DataMetrics } from './partition/data-metrics.ts'
import type { FetchOptions } from './partition/fetch-reader.ts'
import { metricName } from './metrics/metric-name.ts'
import { observePartitions } from './metrics/observe-partitions.ts'
import { readForFetch } from './partition/fetch-reader.ts'
import { ParkedFetch } from './partition/parked-fetch.ts'
import { Partition } from './partition/partition.ts'
import type { RequestDeadlines } from './request-deadlines.ts'
import type { PartitionFetch, PartitionRead } from '../core/partition/partition-fetch.ts'
import { noTopicId } from '../core/topic-id.ts'

/** This broker began or ceased to lead a partition, or the partition went away. */
export interface LeadershipChange {
  readonly topic: string
  readonly partitionIndex: number
  readonly isLeader: boolean
  readonly leaderEpoch: number
}

/** One partition that the controller stops. */
export interface StopPartition {
  readonly topic: string
  readonly partitionIndex: number
  /** -1 or -2 stop in any epoch. */
  readonly leaderEpoch: number
  readonly deletePartition: boolean
}

/** Copies partitions that this broker follows from their leaders. Absent on a broker that cannot replicate. */
export interface FollowerFetchers {
  follow(partition: Partition, leader: number): void
  unfollow(partition: Partition): void
}

export interface ReplicaManagerOptions {
  readonly brokerId: number
  readonly deadlines: RequestDeadlines
  readonly logManager: LogManager
  readonly metadataCache: MetadataCache
  /** `min.insync.replicas` of a topic. */
  readonly minInSyncReplicasOf: (topic: string) => number
  /** `replica.lag.time.max.ms` */
  readonly replicaLagTimeMaxMs: number
  /** Asks the controller for another ISR (AlterPartition). */
  readonly proposeIsr?: (partition: Partition, proposal: IsrProposal) => void
  readonly followerFetchers?: FollowerFetchers
}

const epochDuringDelete = -2

/**
 * All partitions that this broker holds. The controller's LeaderAndIsr and StopReplica make, turn and stop them; producers and
 * consumers come through `appendRecords` and `fetch`; coordinators listen to `onLeadershipChange`.
 */
export class ReplicaManager {
  readonly #env: Env
  readonly #options: ReplicaManagerOptions
  /** Topic → index → partition: a hot look-up that builds no key. */
  readonly #partitions = new Map<string, Map<number, Partition>>()
  readonly #leadershipListeners = new Set<(change: LeadershipChange) => void>()
  readonly #woken: ParkedFetch[] = []
  #wakeIsScheduled = false
  #parkedCount = 0
  #controllerEpoch = -1
  readonly #metrics: DataMetrics
  #shrinkTimer: Timer | undefined
  #isClosed = false

  constructor(env: Env, options: ReplicaManagerOptions) {
    this.#env = env
    this.#options = options
    this.#metrics = new DataMetrics(env.metrics)
    observePartitions(env.metrics, () => this.partitions(), options.logManager)
    options.logManager.onReplaced((log) => {
      const partition = this.find(log.topic, log.partition)
      if (partition !== undefined) partition.log = log
    })
    const purgatory = metricName('kafka.server', 'DelayedOperationPurgatory', 'PurgatorySize')
    const help = 'Requests that wait: fetches for records, produce requests for replicas.'
    env.metrics.observe(purgatory, help, () => this.#parkedCount, { delayedoperation: 'Fetch' })
    env.metrics.observe(purgatory, help, () => this.#acknowledgedLater(), { delayedoperation: 'Produce' })
  }

  #acknowledgedLater(): number {
    let count = 0
    for (const partition of this.partitions()) count += partition.unacknowledgedCount
    return count
  }

  /** Begins to look, from time to time, for followers that fell behind. */
  start(): void {
    this.#shrinkTimer = this.#env.timers.after(this.#options.replicaLagTimeMaxMs / 2, () => {
      for (const partition of this.partitions()) if (partition.isLeader) partition.maybeShrinkIsr()
      this.start()
    })
  }

  /** Answers what waits, and writes the high watermarks down. Partitions stay as they are: the log manager closes the logs. */
  shutdown(): void {
    this.endWaitingFetches()
    this.#shrinkTimer?.cancel()
    this.#options.logManager.checkpointHighWatermarks()
  }

  /** Fetches that wait are answered with what there is, and those that come do not wait. */
  endWaitingFetches(): void {
    this.#isClosed = true
    for (const partition of this.partitions()) partition.wakeWaitingFetches()
  }

  // Partitions

  /**
   * The partition. Throws NOT_LEADER_OR_FOLLOWER when it is elsewhere, UNKNOWN_TOPIC_OR_PARTITION when it does not exist, KAFKA_STORAGE_ERROR
   * when its log directory has failed.
   */
  partition(topic: string, partitionIndex: number): Partition {
    const partition = this.lookup(topic, partitionIndex)
    if (typeof partition === 'number') throw new KafkaError(errorOf(partition).name)
    return partition
  }

  /** The partition, or the error code that says why it is not here. */
  readonly lookup = (topic: string, partitionIndex: number): Partition | number => {
    const partition = this.#partitions.get(topic)?.get(partitionIndex)
    if (partition !== undefined) return partition.log.isOffline ? ErrorCode.KAFKA_STORAGE_ERROR : partition
    return this.#options.metadataCache.partition(topic, partitionIndex) === undefined
      ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
      : ErrorCode.NOT_LEADER_OR_FOLLOWER
  }

  /** The partition if it is held here. */
  find(topic: string, partitionIndex: number): Partition | undefined {
    return this.#partitions.get(topic)?.get(partitionIndex)
  }

  *partitions(): IterableIterator<Partition> {
    for (const byIndex of this.#partitions.values()) yield* byIndex.values()
  }

  /** Called at every change, after it is done, in the turn of the controller's request. Returns what stops that. */
  onLeadershipChange(listener: (change: LeadershipChange) => void): () => void {
    this.#leadershipListeners.add(listener)
    return () => this.#leadershipListeners.delete(listener)
  }

  /** The topic's configuration changed. */
  topicConfigChanged(topic: string): void {
    const minInSyncReplicas = this.#options.minInSyncReplicasOf(topic)
    for (const partition of this.#partitions.get(topic)?.values() ?? []) {
      partition.replicas.limits.minInSyncReplicas = minInSyncReplicas
    }
  }

  // Data

  /** Appends one batch per entry; appended, or refused, when this returns. `done` gets the outcomes in the order of the entries when they are acknowledged. */
  appendRecords(
    entries: readonly AppendEntry[],
    options: AppendOptions,
    done: (outcomes: readonly AppendOutcome[]) => void,
  ): void {
    const { deadlines } = this.#options
    appendToPartitions(
      { env: this.#env, deadlines, metrics: this.#metrics, lookup: this.lookup },
      entries,
      options,
      done,
    )
  }

  /** Nobody looks at the records of these reads any more. */
  letGo(reads: readonly PartitionRead[]): void {
    const { buffers } = this.#options.logManager
    for (const { chunks } of reads) for (const chunk of chunks) buffers.release(chunk)
  }

  /**
   * Reads for one fetch: `done` gets one read per entry, in order, at once or when there is enough, an error, or no time left.
   * Returns what makes it forget a fetch that waits.
   */
  fetch(
    fetches: readonly PartitionFetch[],
    options: FetchOptions,
    done: (reads: readonly PartitionRead[]) => void,
  ): (() => void) | undefined {
    const first = readForFetch(fetches, options, this.lookup)
    if (first.isComplete || options.maxWaitMs <= 0 || fetches.length === 0 || this.#isClosed) {
      this.#countReads(fetches, first.reads, options)
      done(first.reads)
      return undefined
    }
    this.letGo(first.reads)
    const partitions = fetches.map(({ topic, partitionIndex }) => this.partition(topic, partitionIndex))
    const parked = new ParkedFetch(
      partitions,
      options.isolation === 'logEnd',
      (fetch) => this.#scheduleWoken(fetch),
      (isLast) => {
        const again = readForFetch(fetches, options, this.lookup)
        if (!again.isComplete && !isLast && !this.#isClosed) {
          this.letGo(again.reads)
          return false
        }
        this.#parkedCount--
        this.#countReads(fetches, again.reads, options)
        done(again.reads)
        return true
      },
    )
    this.#parkedCount++
    parked.park((callback) => this.#options.deadlines.after(options.maxWaitMs, callback))
    return () => {
      if (parked.isOver) return
      this.#parkedCount--
      parked.cancel()
    }
  }

  #countReads(fetches: readonly PartitionFetch[], reads: readonly PartitionRead[], { replicaId }: FetchOptions): void {
    const { all, replicationBytesOut } = this.#metrics
    all.totalFetchRequests.add(reads.length)
    for (const [index, { sizeBytes, errorCode }] of reads.entries()) {
      const topic = fetches[index]?.topic ?? ''
      const ofTopic = this.#partitions.has(topic) ? this.#metrics.of(topic) : undefined
      ofTopic?.totalFetchRequests.add()
      if (replicaId >= 0) replicationBytesOut.add(sizeBytes)
      else {
        all.bytesOut.add(sizeBytes)
        ofTopic?.bytesOut.add(sizeBytes)
      }
      if (errorCode === ErrorCode.NONE) continue
      all.failedFetchRequests.add()
      ofTopic?.failedFetchRequests.add()
    }
  }

  #scheduleWoken(fetch: ParkedFetch): void {
    this.#woken.push(fetch)
    if (this.#wakeIsScheduled) return
    this.#wakeIsScheduled = true
    this.#env.timers.endOfTurn(() => {
      this.#wakeIsScheduled = false
      for (const woken of this.#woken.splice(0)) woken.run()
    })
  }

  // Control

  /**
   * Does what the controller decided. Returns the error code of each partition, in the order of the request's states.
   * Throws STALE_CONTROLLER_EPOCH when a newer controller has spoken.
   */
  becomeLeaderOrFollower(
    request: LeaderAndIsrRequest,
  ): { topic: string; topicId: string; partitionIndex: number; errorCode: number }[] {
    this.ensureController(request.controllerEpoch)
    const changes: LeadershipChange[] = []
    const results = statesOf(request).map(({ topic, topicId, state }) => ({
      topic,
      topicId,
      partitionIndex: state.partitionIndex,
      errorCode: this.#applySafely(topic, topicId, state, changes),
    }))
    for (const change of changes) this.#announce(change)
    return results
  }

  /** Notes the controller's epoch. Throws STALE_CONTROLLER_EPOCH when a newer controller has spoken. */
  ensureController(controllerEpoch: number): void {
    if (controllerEpoch < this.#controllerEpoch) {
      throw new KafkaError(
        'STALE_CONTROLLER_EPOCH',
        `controller epoch ${controllerEpoch} is older than ${this.#controllerEpoch}`,
      )
    }
    this.#controllerEpoch = controllerEpoch
  }

  #applySafely(topic: string, topicId: string, state: PartitionState, changes: LeadershipChange[]): number {
    try {
      return this.#apply(topic, topicId, state, changes)
    } catch (error) {
      this.#env.log.error('Could not take over the state of a partition', {
        topic,
        partition: state.partitionIndex,
        error,
      })
      return error instanceof KafkaError ? error.errorCode : ErrorCode.KAFKA_STORAGE_ERROR
    }
  }

  #apply(topic: string, topicId: string, state: PartitionState, changes: LeadershipChange[]): number {
    const existing = this.find(topic, state.partitionIndex)
    if (existing?.log.isOffline === true) return ErrorCode.KAFKA_STORAGE_ERROR
    if (existing !== undefined) {
      if (topicId !== noTopicId && existing.topicId !== noTopicId && existing.topicId !== topicId) {
        return ErrorCode.INCONSISTENT_TOPIC_ID
      }
      if (state.leaderEpoch <= existing.leaderEpoch) return this.#sameEpoch(existing, topicId, state)
    }
    const { brokerId } = this.#options
    if (!state.replicas.includes(brokerId)) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    const partition = existing ?? this.#create(topic, topicId, state)
    const leads = state.leader === brokerId
    if (leads) {
      this.#options.followerFetchers?.unfollow(partition)
      const before = partition.isLeader ? partition.replicas.isr.length : state.isr.length
      partition.becomeLeader(leaderAndIsrOf(state))
      if (state.isr.length < before) this.#metrics.isrShrinks.add()
      if (state.isr.length > before) this.#metrics.isrExpands.add()
    } else {
      partition.becomeFollower(leaderAndIsrOf(state))
      if (state.leader >= 0) this.#options.followerFetchers?.follow(partition, state.leader)
    }
    this.#env.log.debug(leads ? 'Leads a partition' : 'Follows a partition', {
      topic,
      partition: state.partitionIndex,
      leaderEpoch: state.leaderEpoch,
      leader: state.leader,
      isr: state.isr,
    })
    changes.push({ topic, partitionIndex: state.partitionIndex, isLeader: leads, leaderEpoch: state.leaderEpoch })
    return ErrorCode.NONE
  }

  /** Nothing newer: only a topic id may still be learned (a topic that was made before topic ids were). */
  #sameEpoch(partition: Partition, topicId: string, state: PartitionState): number {
    if (state.leaderEpoch === partition.leaderEpoch && topicId !== noTopicId && partition.topicId === noTopicId) {
      partition.log.assignTopicId(topicId)
      partition.topicId = topicId
      return ErrorCode.NONE
    }
    return ErrorCode.STALE_CONTROLLER_EPOCH
  }

  #create(topic: string, topicId: string, state: PartitionState): Partition {
    const { brokerId, logManager, minInSyncReplicasOf, replicaLagTimeMaxMs, proposeIsr } = this.#options
    const { partitionIndex } = state
    const { isNew } = state
    const log = logManager.getOrCreate(topic, partitionIndex, topicId === noTopicId ? { isNew } : { topicId, isNew })
    const partition = new Partition(this.#env, {
      topic,
      topicId,
      partitionIndex,
      log,
      brokerId,
      limits: { replicaLagTimeMaxMs, minInSyncReplicas: minInSyncReplicasOf(topic) },
      proposeIsr,
    })
    let byIndex = this.#partitions.get(topic)
    if (byIndex === undefined) {
      byIndex = new Map()
      this.#partitions.set(topic, byIndex)
    }
    byIndex.set(partitionIndex, partition)
    return partition
  }

  #announce(change: LeadershipChange): void {
    for (const listener of this.#leadershipListeners) listener(change)
  }

  /** Stops, and where asked deletes, replicas. Throws STALE_CONTROLLER_EPOCH. */
  stopReplicas(
    controllerEpoch: number,
    stops: readonly StopPartition[],
  ): { topic: string; partitionIndex: number; errorCode: number }[] {
    this.ensureController(controllerEpoch)
    return stops.map((stop) => ({
      topic: stop.topic,
      partitionIndex: stop.partitionIndex,
      errorCode: this.#stopSafely(stop),
    }))
  }

  #stopSafely(stop: StopPartition): number {
    try {
      return this.#stop(stop)
    } catch (error) {
      this.#env.log.error('Could not stop a replica', { topic: stop.topic, partition: stop.partitionIndex, error })
      return error instanceof KafkaError ? error.errorCode : ErrorCode.KAFKA_STORAGE_ERROR
    }
  }

  #stop({ topic, partitionIndex, leaderEpoch, deletePartition }: StopPartition): number {
    const partition = this.find(topic, partitionIndex)
    // Its files cannot be removed now, so the controller is to ask again when they can.
    if (partition?.log.isOffline === true) return ErrorCode.KAFKA_STORAGE_ERROR
    if (partition !== undefined) {
      if (leaderEpoch >= 0 && leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH
      assert(leaderEpoch >= epochDuringDelete, 'a leader epoch of StopReplica is -2, -1 or not negative')
      this.#options.followerFetchers?.unfollow(partition)
      if (deletePartition) {
        const byIndex = this.#partitions.get(topic)
        byIndex?.delete(partitionIndex)
        if (byIndex?.size === 0) {
          this.#partitions.delete(topic)
          this.#metrics.forget(topic)
        }
        partition.close()
      } else {
        partition.stopLeading()
      }
      this.#announce({ topic, partitionIndex, isLeader: false, leaderEpoch: partition.leaderEpoch })
    }
    if (deletePartition && this.#options.logManager.get(topic, partitionIndex) !== undefined) {
      this.#options.logManager.delete(topic, partitionIndex)
    }
    return ErrorCode.NONE
  }
}

type PartitionState = LeaderAndIsrRequest['ungroupedPartitionStates'][number]

function statesOf(request: LeaderAndIsrRequest): { topic: string; topicId: string; state: PartitionState }[] {
  return [
    ...request.ungroupedPartitionStates.map((state) => ({ topic: state.topicName, topicId: noTopicId, state })),
    ...request.topicStates.flatMap(({ topicName, topicId, partitionStates }) =>
      partitionStates.map((state) => ({ topic: topicName, topicId, state })),
    ),
  ]
}

function leaderAndIsrOf(state: PartitionState): LeaderAndIsr {
  const { controllerEpoch, leader, leaderEpoch, isr, partitionEpoch, replicas, addingReplicas, removingReplicas } =
    state
  return { controllerEpoch, leader, leaderEpoch, isr, partitionEpoch, replicas, addingReplicas, removingReplicas }
}
