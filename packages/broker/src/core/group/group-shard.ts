import type { Alarm, CoordinatorCore, Effects, Now, RecordPosition, ReplyTo } from '@odradek/coordinator'
import { Alarms } from '@odradek/coordinator'
import { ErrorCode, KafkaError } from '@odradek/kafka-protocol'
import { ClassicGroup } from './classic/classic-group.ts'
import type {
  HeartbeatRequest,
  JoinReply,
  JoinRequest,
  LeaveReply,
  LeavingMember,
  SyncReply,
  SyncRequest,
} from './classic/classic-messages.ts'
import { joinError, syncError } from './classic/classic-messages.ts'
import type { GroupDescription } from './classic/describe-group.ts'
import { describeGroup } from './classic/describe-group.ts'
import { heartbeat } from './classic/heartbeat.ts'
import { joinGroup } from './classic/join-group.ts'
import { leaveGroup } from './classic/leave-group.ts'
import { restoreGroup } from './classic/restore-group.ts'
import { syncGroup } from './classic/sync-group.ts'
import {
  heartbeatConsumerGroup,
  joinConsumerGroup,
  leaveConsumerGroup,
  syncConsumerGroup,
} from './consumer/classic-requests.ts'
import { fetchFault } from './consumer/commit-fault.ts'
import type { ConsumerContext } from './consumer/consumer-context.ts'
import { ConsumerGroup } from './consumer/consumer-group.ts'
import type { ConsumerRecord } from './consumer/consumer-record.ts'
import { isConsumerRecord } from './consumer/consumer-record.ts'
import type { ConsumerGroupDescription } from './consumer/describe-consumer-group.ts'
import { describeConsumerGroup } from './consumer/describe-consumer-group.ts'
import type { ConsumerHeartbeatReply, ConsumerHeartbeatRequest } from './consumer/heartbeat.ts'
import { consumerHeartbeat } from './consumer/heartbeat.ts'
import type { TopicDirectory } from './consumer/topic-directory.ts'
import { watchRevocation, watchSession } from './consumer/watch-member.ts'
import { deleteGroup, membershipTombstones } from './delete-group.ts'
import { Group } from './group.ts'
import type { GroupConfig } from './group-config.ts'
import type { GroupRecord } from './group-record.ts'
import type { CommitReply, CommitRequest } from './offsets/commit-offsets.ts'
import { commitOffsets } from './offsets/commit-offsets.ts'
import type { DeleteOffsetsReply } from './offsets/delete-offsets.ts'
import { deleteOffsets, tombstone } from './offsets/delete-offsets.ts'
import { expiredOffsets } from './offsets/expired-offsets.ts'
import type { FetchedOffset } from './offsets/fetch-offsets.ts'
import { fetchOffsets } from './offsets/fetch-offsets.ts'
import type { OffsetPosition } from './offsets/group-offsets.ts'
import { writeTombstones } from './write-tombstones.ts'

/** A group as ListGroups shows it. */
export interface GroupListing {
  readonly groupId: string
  readonly protocolType: string
  readonly groupState: string
  readonly groupType: 'classic' | 'consumer'
}

/**
 * The groups of one partition of `__consumer_offsets`, as a synchronous machine under `CoordinatorRuntime`. It finds the group that a
 * request is about, replays records, and cleans up; what a request does to a group is in the files under `classic`, `consumer` and `offsets`.
 */
export class GroupShard implements CoordinatorCore<GroupRecord> {
  readonly #config: GroupConfig
  readonly #topics: TopicDirectory
  readonly #groups = new Map<string, Group>()
  readonly #alarms = new Alarms<GroupRecord>()
  readonly #cleanUp: Alarm<GroupRecord>
  /** The groups that have commits in each open transaction. */
  readonly #groupsOfTransaction = new Map<number, Set<string>>()
  #committedOffset = 0

  constructor(config: GroupConfig, topics: TopicDirectory) {
    this.#config = config
    this.#topics = topics
    this.#cleanUp = this.#alarms.alarm((effects, now) => this.#cleanUpGroups({ effects, now }))
  }

  join(request: JoinRequest, to: ReplyTo<JoinReply>, effects: Effects<GroupRecord>, now: Now): void {
    const { groupId, memberId, sessionTimeoutMs } = request
    const { sessionTimeoutMsMin, sessionTimeoutMsMax } = this.#config
    if (sessionTimeoutMs < sessionTimeoutMsMin || sessionTimeoutMs > sessionTimeoutMsMax) {
      effects.reply(to, joinError(ErrorCode.INVALID_SESSION_TIMEOUT, memberId))
      return
    }
    const group = memberId === '' ? this.#ensureGroup(groupId, now.wallMs) : this.#groups.get(groupId)
    if (group === undefined) {
      effects.reply(to, joinError(ErrorCode.UNKNOWN_MEMBER_ID, memberId))
      return
    }
    const { consumer } = group
    if (consumer?.isEmpty === false) {
      answerError(
        effects,
        to,
        (code) => joinError(code, memberId),
        () => joinConsumerGroup(this.#contextOf(group, { effects, now }), consumer, request, to),
      )
      return
    }
    if (consumer !== undefined) effects.write({ records: [...membershipTombstones(group), emptyGroup(groupId, now)] })
    joinGroup(group.classic, { effects, now }, request, to)
  }

  /** ConsumerGroupHeartbeat. Throws or fails with `KafkaError`. */
  consumerHeartbeat(
    request: ConsumerHeartbeatRequest,
    to: ReplyTo<ConsumerHeartbeatReply>,
    effects: Effects<GroupRecord>,
    now: Now,
  ): void {
    const { groupId, memberEpoch } = request
    const group = memberEpoch === 0 ? this.#ensureGroup(groupId, now.wallMs) : this.#groups.get(groupId)
    if (group === undefined) throw new KafkaError('GROUP_ID_NOT_FOUND', `Consumer group ${groupId} not found.`)
    try {
      consumerHeartbeat(this.#contextOf(group, { effects, now }), request, to)
    } catch (error) {
      if (group.isForgettable && group.classic.pendingMembers.size === 0) this.#forget(group, now.wallMs)
      throw error
    }
  }

  sync(request: SyncRequest, to: ReplyTo<SyncReply>, effects: Effects<GroupRecord>, now: Now): void {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) {
      effects.reply(to, syncError(ErrorCode.UNKNOWN_MEMBER_ID))
      return
    }
    const { consumer } = group
    if (consumer === undefined) syncGroup(group.classic, { effects, now }, request, to)
    else {
      answerError(effects, to, syncError, () =>
        syncConsumerGroup(this.#contextOf(group, { effects, now }), consumer, request, to),
      )
    }
  }

  /** Answers with an error code. */
  heartbeat(request: HeartbeatRequest, to: ReplyTo<number>, effects: Effects<GroupRecord>, now: Now): void {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) {
      effects.reply(to, ErrorCode.UNKNOWN_MEMBER_ID)
      return
    }
    const { consumer } = group
    if (consumer === undefined) effects.reply(to, heartbeat(group.classic, { effects, now }, request))
    else {
      answerError(
        effects,
        to,
        (code) => code,
        () => effects.reply(to, heartbeatConsumerGroup(this.#contextOf(group, { effects, now }), consumer, request)),
      )
    }
  }

  leave(
    groupId: string,
    members: readonly LeavingMember[],
    to: ReplyTo<LeaveReply>,
    effects: Effects<GroupRecord>,
    now: Now,
  ): void {
    const group = this.#groups.get(groupId)
    if (group?.consumer !== undefined) {
      leaveConsumerGroup(this.#contextOf(group, { effects, now }), group.consumer, members, to)
      return
    }
    const errorCode = ErrorCode.UNKNOWN_MEMBER_ID
    const reply: LeaveReply =
      group === undefined
        ? { errorCode: ErrorCode.NONE, members: members.map((member) => ({ ...member, errorCode })) }
        : leaveGroup(group.classic, { effects, now }, members)
    effects.reply(to, reply)
  }

  commit(request: CommitRequest, to: ReplyTo<CommitReply>, effects: Effects<GroupRecord>, now: Now): void {
    commitOffsets(this.#groups.get(request.groupId), this.#config, { effects, now }, request, to)
  }

  /**
   * The offsets of `positions`, or of all partitions of the group. Throws UNKNOWN_MEMBER_ID or STALE_MEMBER_EPOCH for a member of a group of
   * the consumer protocol that is behind.
   */
  fetchOffsets(
    groupId: string,
    positions: readonly OffsetPosition[] | undefined,
    requireStable: boolean,
    member: OffsetReader = anyone,
  ): FetchedOffset[] {
    const consumer = this.#groups.get(groupId)?.consumer
    const code = consumer === undefined ? ErrorCode.NONE : fetchFault(consumer, member.memberId, member.memberEpoch)
    if (code !== ErrorCode.NONE) throw KafkaError.of(code)
    return fetchOffsets(this.#groups.get(groupId)?.offsets, positions, requireStable, this.#committedOffset)
  }

  deleteOffsets(
    groupId: string,
    positions: readonly OffsetPosition[],
    to: ReplyTo<DeleteOffsetsReply>,
    effects: Effects<GroupRecord>,
    now: Now,
  ): void {
    const group = this.#groups.get(groupId)
    if (deleteOffsets(group, { effects, now }, positions, to) && group !== undefined) this.#forget(group, now.wallMs)
  }

  /** Answers with an error code. */
  deleteGroup(groupId: string, to: ReplyTo<number>, effects: Effects<GroupRecord>, now: Now): void {
    const group = this.#groups.get(groupId)
    if (deleteGroup(group, { effects, now }, to) && group !== undefined) this.#forget(group, now.wallMs)
  }

  /** The classic group, or undefined when there is none. */
  describe(groupId: string): GroupDescription | undefined {
    const group = this.#groups.get(groupId)
    return group === undefined || group.consumer !== undefined ? undefined : describeGroup(group.classic)
  }

  /** The group of the consumer protocol, or undefined when there is none. */
  describeConsumerGroup(groupId: string): ConsumerGroupDescription | undefined {
    const group = this.#groups.get(groupId)?.consumer
    return group === undefined
      ? undefined
      : describeConsumerGroup(group, this.#topics, this.#config.consumer.defaultAssignor)
  }

  has(groupId: string): boolean {
    return this.#groups.has(groupId)
  }

  list(): GroupListing[] {
    return [...this.#groups.values()].map(({ groupId, classic, consumer }) =>
      consumer === undefined
        ? { groupId, protocolType: classic.protocolType ?? '', groupState: classic.state, groupType: 'classic' }
        : { groupId, protocolType: 'consumer', groupState: consumer.state, groupType: 'consumer' },
    )
  }

  /** Partitions with a committed offset, over all groups. */
  get offsetCount(): number {
    let count = 0
    for (const { offsets } of this.#groups.values()) count += offsets.count
    return count
  }

  /** Partitions are gone for good, and with them their offsets in all groups. */
  deletePartitions(positions: readonly OffsetPosition[], effects: Effects<GroupRecord>): void {
    for (const { groupId, offsets } of this.#groups.values()) {
      const tombstones = positions.filter((at) => offsets.has(at)).map((at) => tombstone(groupId, at))
      writeTombstones(tombstones, effects)
    }
  }

  replay(record: GroupRecord, position: RecordPosition): void {
    const { groupId } = record
    const group = this.#groups.get(groupId)
    if (isConsumerRecord(record)) {
      this.#replayConsumer(record, group)
      return
    }
    if (record.value === null) {
      if (group !== undefined) this.#replayRemoval(group, record, position)
      return
    }
    const present = group ?? this.#ensureGroup(groupId, undefined)
    if (record.kind === 'group') present.saved = record.value
    else this.#replayOffset(present, record, record.value, position)
  }

  replayEndTransaction(producerId: number, committed: boolean, offset: number): void {
    for (const groupId of this.#groupsOfTransaction.get(producerId) ?? []) {
      const group = this.#groups.get(groupId)
      if (group === undefined) continue
      group.offsets.endTransaction(producerId, committed, offset, this.#committedOffset)
      if (group.isForgettable) this.#groups.delete(groupId)
    }
    this.#groupsOfTransaction.delete(producerId)
  }

  committedUpTo(offset: number): void {
    this.#committedOffset = offset
  }

  loaded(effects: Effects<GroupRecord>, now: Now): void {
    for (const group of this.#groups.values()) {
      const { classic, saved, consumer } = group
      if (saved !== undefined) restoreGroup(classic, { effects, now }, saved)
      if (consumer !== undefined) this.#watchMembers(group, consumer, { effects, now })
    }
    this.#cleanUp.set(now.monotonicMs + this.#config.offsetsRetentionCheckIntervalMs)
  }

  nextDeadline(): number | undefined {
    return this.#alarms.next()
  }

  poll(effects: Effects<GroupRecord>, now: Now): void {
    this.#alarms.poll(effects, now)
  }

  #ensureGroup(groupId: string, wallMs: number | undefined): Group {
    let group = this.#groups.get(groupId)
    if (group === undefined) {
      group = new Group(new ClassicGroup(groupId, this.#config, this.#alarms, wallMs), this.#alarms)
      this.#groups.set(groupId, group)
    }
    return group
  }

  #replayOffset(
    group: Group,
    at: OffsetPosition,
    value: Extract<GroupRecord, { kind: 'offset' }>['value'] & object,
    { offset, batchOffset, transactionOf }: RecordPosition,
  ): void {
    if (transactionOf === undefined) {
      group.offsets.record(at, { logOffset: offset, batchOffset, value }, this.#committedOffset)
      return
    }
    group.offsets.recordTransactional(transactionOf, at, value, batchOffset)
    const groupIds = this.#groupsOfTransaction.get(transactionOf) ?? new Set()
    this.#groupsOfTransaction.set(transactionOf, groupIds.add(group.groupId))
  }

  /** The first record of a group of the consumer protocol ends the classic one, and the tombstone of the group ends it. */
  #replayConsumer(record: ConsumerRecord, group: Group | undefined): void {
    if (record.value === null && group?.consumer === undefined) return
    const present = group ?? this.#ensureGroup(record.groupId, undefined)
    if (present.consumer === undefined) {
      const { groupId, classic } = present
      classic.bury(classic.stateChangedMs ?? 0)
      present.classic = new ClassicGroup(groupId, this.#config, this.#alarms, undefined)
      present.consumer = new ConsumerGroup(groupId)
    }
    present.consumer.replay(record)
    if (record.kind !== 'consumer-group' || record.value !== null) return
    present.consumer = undefined
    present.clearConsumerState()
    if (present.isForgettable) this.#forget(present, 0)
  }

  /** A new coordinator has heard of nobody yet: every member has all of its time before it. */
  #watchMembers(group: Group, consumer: ConsumerGroup, turn: { effects: Effects<GroupRecord>; now: Now }): void {
    const context = this.#contextOf(group, turn)
    const { sessionTimeoutMs } = this.#config.consumer.settingsOf(group.groupId)
    for (const member of consumer.members.values()) {
      watchSession(context, member.memberId, member.classic?.sessionTimeoutMs ?? sessionTimeoutMs)
      watchRevocation(context, member)
    }
  }

  #contextOf(group: Group, turn: { effects: Effects<GroupRecord>; now: Now }): ConsumerContext {
    const groupNow = (): Group => this.#ensureGroup(group.groupId, undefined)
    return { group, groupNow, config: this.#config, topics: this.#topics, alarms: this.#alarms, turn }
  }

  #replayRemoval(
    group: Group,
    record: Exclude<GroupRecord, ConsumerRecord>,
    { transactionOf, batchOffset }: RecordPosition,
  ): void {
    if (record.kind === 'group') group.saved = undefined
    else if (transactionOf === undefined) group.offsets.remove(record)
    else group.offsets.recordTransactional(transactionOf, record, null, batchOffset)
    if (group.isForgettable) this.#forget(group, group.classic.stateChangedMs ?? 0)
  }

  #forget(group: Group, wallMs: number): void {
    group.classic.bury(wallMs)
    this.#groups.delete(group.groupId)
  }

  /** Expired offsets go, and with the last of them the empty group. */
  #cleanUpGroups({ effects, now }: { effects: Effects<GroupRecord>; now: Now }): void {
    this.#cleanUp.set(now.monotonicMs + this.#config.offsetsRetentionCheckIntervalMs)
    const tombstones: GroupRecord[] = []
    for (const group of this.#groups.values()) {
      const { groupId, offsets, classic, consumer } = group
      const expired = expiredOffsets(group, this.#config.offsetsRetentionMs, this.#committedOffset, now.wallMs)
      tombstones.push(...expired.map((at) => tombstone(groupId, at)))
      const isIdle =
        classic.state === 'Empty' && classic.pendingMembers.size === 0 && (consumer === undefined || consumer.isEmpty)
      if (!isIdle || offsets.allPositions().length > expired.length) continue
      if (group.saved !== undefined || consumer !== undefined) tombstones.push(...membershipTombstones(group))
      else if (group.isForgettable) this.#forget(group, now.wallMs)
    }
    if (tombstones.length > 0) effects.note('removing expired offsets and groups', { records: tombstones.length })
    writeTombstones(tombstones, effects)
  }
}

/** In whose name offsets are fetched. */
export interface OffsetReader {
  readonly memberId: string | null
  readonly memberEpoch: number
}

const anyone: OffsetReader = { memberId: null, memberEpoch: -1 }

/** Does `work`; what it throws at the client is answered in the response. */
function answerError<Reply>(
  effects: Effects<GroupRecord>,
  to: ReplyTo<Reply>,
  replyOf: (errorCode: number) => Reply,
  work: () => void,
): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    effects.reply(to, replyOf(error.errorCode))
  }
}

/** The record of a classic group that nobody has joined yet. */
function emptyGroup(groupId: string, now: Now): GroupRecord {
  return {
    kind: 'group',
    groupId,
    value: { protocolType: '', generation: 0, protocol: null, leader: null, stateChangedMs: now.wallMs, members: [] },
  }
}
