import type { Env, Logger, Random } from '@odradek/base'
import { CoordinatorRuntime } from '@odradek/coordinator'
import { ErrorCode, errorOf, KafkaError } from '@odradek/kafka-protocol'
import type { BrokerConfig } from '../config/broker-config.ts'
import type {
  HeartbeatRequest,
  JoinReply,
  JoinRequest,
  LeaveReply,
  LeavingMember,
  SyncReply,
  SyncRequest,
} from '../core/group/classic/classic-messages.ts'
import { syncError } from '../core/group/classic/classic-messages.ts'
import type { GroupDescription } from '../core/group/classic/describe-group.ts'
import type { ConsumerGroupDescription } from '../core/group/consumer/describe-consumer-group.ts'
import type { ConsumerHeartbeatReply, ConsumerHeartbeatRequest } from '../core/group/consumer/heartbeat.ts'
import { heartbeatFault } from '../core/group/consumer/heartbeat-fault.ts'
import type { GroupConfig } from '../core/group/group-config.ts'
import { groupPartition } from '../core/group/group-partition.ts'
import type { GroupRecord } from '../core/group/group-record.ts'
import { groupRecordCodec } from '../core/group/group-record-codec.ts'
import type { GroupListing, OffsetReader } from '../core/group/group-shard.ts'
import { GroupShard } from '../core/group/group-shard.ts'
import type { CommitReply, CommitRequest } from '../core/group/offsets/commit-offsets.ts'
import type { DeleteOffsetsReply } from '../core/group/offsets/delete-offsets.ts'
import type { FetchedOffset } from '../core/group/offsets/fetch-offsets.ts'
import type { OffsetPosition } from '../core/group/offsets/group-offsets.ts'
import { OFFSETS_TOPIC } from '../core/topics/topic-name.ts'
import { groupConfigOf } from './group-config-of.ts'
import type { BrokerFaults } from '../planted-faults.ts'
import { GroupMetrics } from './metrics/group-metrics.ts'
import type { MetadataCache } from './metadata-cache.ts'
import { metadataTopicDirectory } from './metadata-topic-directory.ts'
import { offsetsLogPort } from './offsets-log-port.ts'
import type { TopicCreator } from './topic-creator.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface GroupCoordinatorOptions {
  readonly config: BrokerConfig
  readonly replicaManager: Pick<ReplicaManager, 'onLeadershipChange' | 'partition'>
  readonly metadataCache: MetadataCache
  readonly topicCreator: Pick<TopicCreator, 'createMissing'>
  readonly faults?: BrokerFaults | undefined
  /** What is configured for a group of its own. */
  readonly groupOverridesOf: (groupId: string) => ReadonlyMap<string, string>
}

/**
 * The groups whose partition of `__consumer_offsets` this broker leads. Handlers call it; leadership comes and goes by the replica
 * manager's word. Every request method throws or rejects with INVALID_GROUP_ID, COORDINATOR_NOT_AVAILABLE (before `start`, after `close`),
 * COORDINATOR_LOAD_IN_PROGRESS or NOT_COORDINATOR; errors about the group itself are in the reply.
 */
export class GroupCoordinator {
  readonly #log: Logger
  readonly #random: Random
  readonly #options: GroupCoordinatorOptions
  readonly #groupConfig: GroupConfig
  readonly #metrics: GroupMetrics
  /** Counted for a planted fault alone. */
  #commitCount = 0
  readonly #runtime: CoordinatorRuntime<GroupRecord, GroupShard>
  #stopListening: (() => void) | undefined = undefined
  #isCreatingTopic = false
  #creationOutcome = 'NONE'

  constructor(env: Env, options: GroupCoordinatorOptions) {
    const { config, replicaManager, metadataCache } = options
    this.#log = env.log.child('group-coordinator')
    this.#random = env.random.fork('group-coordinator')
    this.#options = options
    const groupConfig = groupConfigOf(config, options.groupOverridesOf)
    this.#groupConfig = groupConfig
    const topics = metadataTopicDirectory(metadataCache)
    this.#runtime = new CoordinatorRuntime<GroupRecord, GroupShard>({
      clock: env.clock,
      timers: env.timers,
      log: this.#log,
      topic: OFFSETS_TOPIC,
      codec: groupRecordCodec,
      commitTimeoutMs: config.offsetsCommitTimeoutMs,
      loadSizeBytesMax: config.offsetsLoadBufferSize,
      makeCore: () => new GroupShard(groupConfig, topics),
      openLog: (partition) => offsetsLogPort(replicaManager.partition(OFFSETS_TOPIC, partition)),
    })
    this.#metrics = new GroupMetrics(env.metrics, () => this.#runtime.activePartitions().map(({ core }) => core))
  }

  /** Begins to take over partitions. Called before the broker registers, so that no word of the controller is missed. */
  start(): void {
    const { replicaManager, metadataCache } = this.#options
    const stops = [
      replicaManager.onLeadershipChange((change) => {
        if (change.topic !== OFFSETS_TOPIC) return
        if (change.isLeader) void this.#runtime.load(change.partitionIndex, change.leaderEpoch)
        else this.#runtime.unload(change.partitionIndex)
      }),
      metadataCache.onPartitionsDeleted((deleted) =>
        this.#partitionsDeleted(deleted.map(({ topic, partitionIndex }) => ({ topic, partition: partitionIndex }))),
      ),
    ]
    this.#stopListening = () => stops.forEach((stop) => stop())
  }

  /** Ends all that is parked with COORDINATOR_NOT_AVAILABLE; members find their next coordinator by that. */
  close(): void {
    this.#stopListening?.()
    this.#stopListening = undefined
    this.#runtime.close()
  }

  /** The partition of `__consumer_offsets` that the group lives in. */
  partitionFor(groupId: string): number {
    const topic = this.#options.metadataCache.topic(OFFSETS_TOPIC)
    return groupPartition(groupId, topic?.partitions.size ?? this.#options.config.offsetsTopicNumPartitions)
  }

  /** Has `__consumer_offsets` created, unless that is under way. Whoever needs it asks again later. */
  createOffsetsTopic(): void {
    if (this.#isCreatingTopic) return
    this.#isCreatingTopic = true
    this.#options.topicCreator
      .createMissing([OFFSETS_TOPIC])
      .then(
        (errorCodes) => this.#toldCreation(errorOf(errorCodes.get(OFFSETS_TOPIC) ?? ErrorCode.NONE).name),
        (error: unknown) => this.#toldCreation(error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        this.#isCreatingTopic = false
      })
  }

  /** Clients come again every tenth of a second: the same trouble is told once. */
  #toldCreation(outcome: string): void {
    if (outcome === this.#creationOutcome) return
    this.#creationOutcome = outcome
    if (outcome === 'NONE' || outcome === 'TOPIC_ALREADY_EXISTS') return
    this.#log.warn(`could not create ${OFFSETS_TOPIC}, without which no group can work`, {
      outcome,
      'offsets.topic.replication.factor': this.#options.config.offsetsTopicReplicationFactor,
    })
  }

  async join(request: Omit<JoinRequest, 'newMemberIdSuffix'>): Promise<JoinReply> {
    const partition = this.#ready(request.groupId)
    const newMemberIdSuffix = request.memberId === '' ? randomUuid(this.#random) : ''
    return this.#runtime.request<JoinReply>(partition, (core, to, effects, now) =>
      core.join({ ...request, newMemberIdSuffix }, to, effects, now),
    )
  }

  async sync(request: SyncRequest): Promise<SyncReply> {
    const partition = this.#readyOrLoading(request.groupId)
    // The rebalance that this belongs to is lost with the old coordinator; and old clients do not expect COORDINATOR_LOAD_IN_PROGRESS.
    if (partition === undefined) return syncError(ErrorCode.REBALANCE_IN_PROGRESS)
    return this.#runtime.request<SyncReply>(partition, (core, to, effects, now) => core.sync(request, to, effects, now))
  }

  /** Resolves to an error code. */
  async heartbeat(request: HeartbeatRequest): Promise<number> {
    const partition = this.#readyOrLoading(request.groupId)
    if (partition === undefined) return ErrorCode.NONE
    return this.#runtime.request<number>(partition, (core, to, effects, now) =>
      core.heartbeat(request, to, effects, now),
    )
  }

  async leave(groupId: string, members: readonly LeavingMember[]): Promise<LeaveReply> {
    return this.#runtime.request<LeaveReply>(this.#ready(groupId), (core, to, effects, now) =>
      core.leave(groupId, members, to, effects, now),
    )
  }

  /** ConsumerGroupHeartbeat. Rejects with whatever the member is to be told. */
  async consumerHeartbeat(request: ConsumerHeartbeatRequest, apiVersion: number): Promise<ConsumerHeartbeatReply> {
    this.#ensureStarted()
    const { consumer } = this.#groupConfig
    if (!consumer.isEnabled) {
      throw new KafkaError('UNSUPPORTED_VERSION', 'group.coordinator.rebalance.protocols does not name consumer.')
    }
    const fault = heartbeatFault(request, apiVersion, consumer.assignors)
    if (fault !== undefined) throw fault
    const memberId = request.memberId === '' ? randomUuid(this.#random) : request.memberId
    const partition = this.#ready(request.groupId)
    return this.#runtime.request<ConsumerHeartbeatReply>(partition, (core, to, effects, now) =>
      core.consumerHeartbeat({ ...request, memberId }, to, effects, now),
    )
  }

  async commit(request: CommitRequest): Promise<CommitReply> {
    const partition = this.#readyAlsoForNoGroup(request.groupId)
    if (this.#options.faults?.dropCommit === true && ++this.#commitCount % 10 === 0) {
      return request.offsets.map(() => ErrorCode.NONE)
    }
    const codes = await this.#runtime.request<CommitReply>(partition, (core, to, effects, now) =>
      core.commit(request, to, effects, now),
    )
    this.#metrics.committed(codes)
    return codes
  }

  /** The committed offsets of `positions`, or of all partitions that have one. */
  fetchOffsets(
    groupId: string,
    positions: readonly OffsetPosition[] | undefined,
    requireStable: boolean,
    reader?: OffsetReader,
  ): FetchedOffset[] {
    return this.#runtime.read(this.#readyAlsoForNoGroup(groupId), (core) =>
      core.fetchOffsets(groupId, positions, requireStable, reader),
    )
  }

  /** Rejects with GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP as a whole. */
  async deleteOffsets(groupId: string, positions: readonly OffsetPosition[]): Promise<DeleteOffsetsReply> {
    const codes = await this.#runtime.request<DeleteOffsetsReply>(this.#ready(groupId), (core, to, effects, now) =>
      core.deleteOffsets(groupId, positions, to, effects, now),
    )
    this.#metrics.deleted(codes)
    return codes
  }

  /** Resolves to an error code. */
  async deleteGroup(groupId: string): Promise<number> {
    return this.#runtime.request<number>(this.#readyAlsoForNoGroup(groupId), (core, to, effects, now) =>
      core.deleteGroup(groupId, to, effects, now),
    )
  }

  /** The group of the consumer protocol. Throws GROUP_ID_NOT_FOUND, also for a group that is none. */
  describeConsumerGroup(groupId: string): ConsumerGroupDescription {
    return this.#runtime.read(this.#ready(groupId), (core) => {
      const description = core.describeConsumerGroup(groupId)
      if (description !== undefined) return description
      throw new KafkaError(
        'GROUP_ID_NOT_FOUND',
        core.has(groupId) ? `Group ${groupId} is not a consumer group.` : `Group ${groupId} not found.`,
      )
    })
  }

  /** Whether there is a group of any protocol. */
  has(groupId: string): boolean {
    return this.#runtime.read(this.#readyAlsoForNoGroup(groupId), (core) => core.has(groupId))
  }

  /** The classic group, or undefined when there is none. */
  describe(groupId: string): GroupDescription | undefined {
    return this.#runtime.read(this.#readyAlsoForNoGroup(groupId), (core) => core.describe(groupId))
  }

  /** All groups of the partitions that are open; `isLoading` says that there may be more. */
  list(): { groups: GroupListing[]; isLoading: boolean } {
    this.#ensureStarted()
    return {
      groups: this.#runtime.activePartitions().flatMap(({ core }) => core.list()),
      isLoading: this.#runtime.isLoading,
    }
  }

  /** Topic partitions were deleted; their offsets go with them. */
  #partitionsDeleted(partitions: readonly OffsetPosition[]): void {
    for (const { partition } of this.#runtime.activePartitions()) {
      this.#runtime
        .request<void>(partition, (core, to, effects) => {
          core.deletePartitions(partitions, effects)
          effects.reply(to, undefined)
        })
        .catch((error: unknown) =>
          this.#log.debug('could not remove the offsets of deleted partitions', { partition, error }),
        )
    }
  }

  #ensureStarted(): void {
    if (this.#stopListening === undefined) throw new KafkaError('COORDINATOR_NOT_AVAILABLE')
  }

  /** The open partition of a group that has members or is to have some: its id must not be empty. */
  #ready(groupId: string): number {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID')
    return this.#readyAlsoForNoGroup(groupId)
  }

  /** As `#ready`, for what consumers without a group may do too. */
  #readyAlsoForNoGroup(groupId: string): number {
    this.#ensureStarted()
    const partition = this.partitionFor(groupId)
    this.#runtime.ensureActive(partition)
    return partition
  }

  /** As `#ready`, undefined while the partition is being loaded. */
  #readyOrLoading(groupId: string): number | undefined {
    try {
      return this.#ready(groupId)
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'COORDINATOR_LOAD_IN_PROGRESS') return undefined
      throw error
    }
  }
}

/** A version 4 UUID, as Java's UUID.randomUUID writes it. */
function randomUuid(random: Random): string {
  const bytes = random.bytes(16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
