import { ErrorCode } from '@odradek/kafka-protocol'
import type { JoinGroupResponse } from '@odradek/kafka-protocol/messages/11-join-group'
import type { SyncGroupResponse } from '@odradek/kafka-protocol/messages/14-sync-group'
import type { Assignments, Assignor } from '../../assignor/assignor.ts'
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from '../../consumer-protocol.ts'
import { partitionKey } from '../../topic-partition.ts'
import type { TopicPartition } from '../../topic-partition.ts'
import { coordinatorIsStale, mayTryAgain } from './group-errors.ts'
import type { MemberIdentity, MembershipEffect, MembershipOptions } from './membership.ts'

/** Of members whose bytes only the assignor can read. */
const unread = { topics: [], ownedPartitions: [], generationId: -1, userData: null }

/**
 * `outside`: not in the group, or about to join it (again). `preparing`: the application gives up what it has, then the member joins.
 * `joining`, `leading`, `syncing`: a rebalance. `settling`: cooperative, the application gives up what the assignment takes. `ended`: left or failed.
 */
type State = 'outside' | 'preparing' | 'joining' | 'leading' | 'syncing' | 'settling' | 'stable' | 'ended'

/**
 * A member of a group under the classic protocol, for one subscription: joins, follows rebalances, leads them when elected, and heartbeats all the
 * while. Pure: time and answers in, effects out. The host asks `poll` at `nextDeadlineMs` and after every other call.
 */
export class ClassicMembership {
  readonly #options: MembershipOptions
  readonly #assignors: readonly Assignor[]
  readonly #isCooperative: boolean
  #topics: readonly string[] = []
  #topicsAsGiven: readonly string[] = []
  #state: State = 'outside'
  #memberId = ''
  #generationId = -1
  #owned: readonly TopicPartition[] = []
  #ownedGenerationId = -1
  /** What the last assignment gave. Eager members own nothing when they join, but tell the sticky assignor what they had. */
  #assigned: readonly TopicPartition[] = []
  #protocolName = ''
  #leaderId = ''
  #mustRejoin = true
  #isHeartbeatOut = false
  #heartbeatDueMs = 0
  /** When the coordinator last gave a sign that it counts this member in. */
  #heardMs = 0
  #retryAtMs = 0
  #failures = 0
  /** The application holds records for too long: outside, until `resume`. */
  #isSuspended = false

  constructor(options: MembershipOptions, assignors: readonly Assignor[]) {
    this.#options = options
    this.#assignors = assignors
    // What all assignors can do: with one that is eager, everything is given up before joining.
    this.#isCooperative = assignors.every(({ rebalanceProtocol }) => rebalanceProtocol === 'cooperative')
  }

  get identity(): MemberIdentity {
    const { groupInstanceId } = this.#options
    return { memberId: this.#memberId, generationId: this.#generationId, groupInstanceId }
  }

  get isStable(): boolean {
    return this.#state === 'stable' && !this.#mustRejoin
  }

  /** The member that led the last rebalance, the assignor that was agreed on, and what it gave this member. */
  get lastRebalance(): { leaderId: string; assignorName: string; partitions: readonly TopicPartition[] } {
    return { leaderId: this.#leaderId, assignorName: this.#protocolName, partitions: this.#assigned }
  }

  get topics(): readonly string[] {
    return this.#topicsAsGiven
  }

  get owned(): readonly TopicPartition[] {
    return this.#owned
  }

  /** Changes what the member subscribes to; it joins again if that is something else. */
  subscribe(topics: readonly string[]): void {
    const sorted = topics.toSorted()
    if (sorted.length === this.#topics.length && sorted.every((topic, index) => topic === this.#topics[index])) return
    this.#topics = sorted
    this.#topicsAsGiven = topics
    this.#mustRejoin = true
  }

  /** Asks for a rebalance: the leader has found that the partitions have changed. */
  rejoin(): void {
    this.#mustRejoin = true
  }

  /** When `poll` has something to do, if nothing else happens; Infinity: never. */
  get nextDeadlineMs(): number {
    if (this.#state === 'ended' || (this.#isSuspended && this.#state === 'outside')) return Infinity
    if (this.#isOutsideOrStable && this.#mustRejoin) return this.#retryAtMs
    if (!this.#heartbeats) return Infinity
    return Math.min(
      this.#isHeartbeatOut ? Infinity : this.#heartbeatDueMs,
      this.#heardMs + this.#options.sessionTimeoutMs,
    )
  }

  get #isOutsideOrStable(): boolean {
    return this.#state === 'outside' || this.#state === 'stable'
  }

  /** The coordinator waits for a member that has joined without heartbeats, until it has answered. */
  get #heartbeats(): boolean {
    return this.#generationId >= 0 && ['stable', 'preparing', 'settling', 'leading'].includes(this.#state)
  }

  poll(nowMs: number): MembershipEffect[] {
    if (this.#state === 'ended' || this.#isSuspended) return []
    if (this.#heartbeats && nowMs >= this.#heardMs + this.#options.sessionTimeoutMs) {
      // The coordinator has given the partitions to others by now.
      return [...this.#loseAll(), { kind: 'forgetCoordinator' }]
    }
    if (this.#isOutsideOrStable && this.#mustRejoin && nowMs >= this.#retryAtMs) return this.#prepare(nowMs)
    if (!this.#heartbeats || this.#isHeartbeatOut || nowMs < this.#heartbeatDueMs) return []
    this.#isHeartbeatOut = true
    this.#heartbeatDueMs = nowMs + this.#options.heartbeatIntervalMs
    return [{ kind: 'send', request: { api: 'heartbeat', body: { groupId: this.#options.groupId, ...this.#who } } }]
  }

  get #who(): { generationId: number; memberId: string; groupInstanceId: string | null } {
    const { memberId, generationId, groupInstanceId } = this.identity
    return { memberId, generationId, groupInstanceId: groupInstanceId ?? null }
  }

  #prepare(nowMs: number): MembershipEffect[] {
    this.#mustRejoin = false
    const isKept = (partition: TopicPartition): boolean => this.#isCooperative && this.#topics.includes(partition.topic)
    const given = this.#owned.filter((partition) => !isKept(partition))
    if (given.length === 0) return this.#join(nowMs)
    this.#state = 'preparing'
    return [{ kind: 'revoke', partitions: given }]
  }

  /** The application is done with what `revoke` named. */
  revoked(partitions: readonly TopicPartition[], nowMs: number): MembershipEffect[] {
    if (this.#state !== 'preparing' && this.#state !== 'settling') return []
    const gone = new Set(partitions.map(partitionKey))
    this.#owned = this.#owned.filter((partition) => !gone.has(partitionKey(partition)))
    if (this.#state === 'preparing') return this.#join(nowMs)
    // Whoever is to have them gets them in the next rebalance.
    this.#mustRejoin = true
    this.#state = 'stable'
    return []
  }

  #join(nowMs: number): MembershipEffect[] {
    this.#state = 'joining'
    this.#retryAtMs = nowMs
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, groupInstanceId, rackId } = this.#options
    const generationId = this.#ownedGenerationId
    const protocols = this.#assignors.map((assignor) => ({
      name: assignor.name,
      metadata:
        assignor.subscriptionBytes?.(this.#topicsAsGiven) ??
        encodeSubscription({
          topics: this.#topics,
          ownedPartitions: this.#isCooperative ? this.#owned : [],
          generationId,
          rackId,
          userData: assignor.userData?.(this.#isCooperative ? this.#owned : this.#assigned, generationId) ?? null,
        }),
    }))
    const body = {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      memberId: this.#memberId,
      groupInstanceId: groupInstanceId ?? null,
      protocolType: 'consumer',
      protocols,
    }
    return [{ kind: 'send', request: { api: 'join', body } }]
  }

  joined(response: JoinGroupResponse, nowMs: number): MembershipEffect[] {
    if (this.#state !== 'joining') return []
    if (response.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = response.memberId
      return this.#join(nowMs)
    }
    if (response.errorCode !== ErrorCode.NONE) return this.#refused(response.errorCode, nowMs)
    this.#failures = 0
    this.#memberId = response.memberId
    this.#generationId = response.generationId
    this.#protocolName = response.protocolName ?? ''
    this.#leaderId = response.leader
    this.#hear(nowMs)
    if (response.leader !== response.memberId || response.skipAssignment) return this.#sync([])
    this.#state = 'leading'
    const assignor = this.#assignors.find(({ name }) => name === this.#protocolName)
    const isReadingBytes = assignor?.assignBytes !== undefined
    const members = response.members.map(({ memberId, groupInstanceId, metadata }) => ({
      memberId,
      groupInstanceId: groupInstanceId ?? undefined,
      ...(isReadingBytes ? unread : decodeSubscription(metadata)),
      subscription: metadata,
    }))
    return [{ kind: 'lead', assignor: this.#protocolName, members }]
  }

  /** The elected member has divided the partitions. */
  led(assignments: Assignments | ReadonlyMap<string, Buffer>): MembershipEffect[] {
    if (this.#state !== 'leading') return []
    return this.#sync(
      [...assignments].map(([memberId, given]) => ({
        memberId,
        assignment: Buffer.isBuffer(given) ? given : encodeAssignment({ partitions: given, userData: null }),
      })),
    )
  }

  #sync(assignments: readonly { memberId: string; assignment: Buffer }[]): MembershipEffect[] {
    this.#state = 'syncing'
    const { groupId } = this.#options
    const body = { groupId, ...this.#who, protocolType: 'consumer', protocolName: this.#protocolName, assignments }
    return [{ kind: 'send', request: { api: 'sync', body } }]
  }

  synced(response: SyncGroupResponse, nowMs: number): MembershipEffect[] {
    if (this.#state !== 'syncing') return []
    if (response.errorCode !== ErrorCode.NONE) return this.#refused(response.errorCode, nowMs)
    this.#hear(nowMs)
    this.#ownedGenerationId = this.#generationId
    const target = decodeAssignment(response.assignment).partitions
    const targetKeys = new Set(target.map(partitionKey))
    const ownedKeys = new Set(this.#owned.map(partitionKey))
    const taken = this.#owned.filter((partition) => !targetKeys.has(partitionKey(partition)))
    const added = target.filter((partition) => !ownedKeys.has(partitionKey(partition)))
    this.#assigned = target
    this.#owned = [...this.#owned, ...added]
    this.#state = taken.length === 0 ? 'stable' : 'settling'
    const assign: MembershipEffect = { kind: 'assign', partitions: added }
    return taken.length === 0 ? [assign] : [assign, { kind: 'revoke', partitions: taken }]
  }

  #hear(nowMs: number): void {
    this.#heardMs = nowMs
    this.#heartbeatDueMs = nowMs + this.#options.heartbeatIntervalMs
  }

  heartbeatAnswered(errorCode: number, nowMs: number): MembershipEffect[] {
    this.#isHeartbeatOut = false
    if (!this.#heartbeats) return []
    if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.REBALANCE_IN_PROGRESS) this.#heardMs = nowMs
    if (errorCode === ErrorCode.NONE) return []
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) {
      if (this.#state === 'stable' || this.#state === 'settling') this.#mustRejoin = true
      return []
    }
    return this.#refused(errorCode, nowMs)
  }

  /** A request got no answer: the coordinator cannot be reached, or is another by now. */
  unanswered(api: 'join' | 'sync' | 'heartbeat', nowMs: number): MembershipEffect[] {
    if (api === 'heartbeat') this.#isHeartbeatOut = false
    else this.#joinAgain(nowMs)
    return [{ kind: 'forgetCoordinator' }]
  }

  #joinAgain(nowMs: number): void {
    this.#state = 'outside'
    this.#mustRejoin = true
    this.#failures++
    this.#retryAtMs = nowMs + this.#options.backoffMs(this.#failures)
  }

  #refused(errorCode: number, nowMs: number): MembershipEffect[] {
    if (coordinatorIsStale(errorCode)) {
      if (!this.#heartbeats) this.#joinAgain(nowMs)
      return [{ kind: 'forgetCoordinator' }]
    }
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) {
      this.#state = this.#generationId >= 0 ? 'stable' : 'outside'
      this.#mustRejoin = true
      this.#retryAtMs = nowMs + this.#options.backoffMs(1)
      return []
    }
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID || errorCode === ErrorCode.ILLEGAL_GENERATION) {
      if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
      return this.#loseAll()
    }
    if (mayTryAgain(errorCode)) {
      if (!this.#heartbeats) this.#joinAgain(nowMs)
      return []
    }
    const lost = this.#loseAll()
    this.#state = 'ended'
    return [...lost, { kind: 'fail', errorCode }]
  }

  /** Out of the group: what it had is somebody else's now, or will be. */
  #loseAll(): MembershipEffect[] {
    const lost = this.#owned
    this.#owned = []
    this.#generationId = -1
    this.#ownedGenerationId = -1
    this.#assigned = []
    this.#state = 'outside'
    this.#mustRejoin = true
    return lost.length === 0 ? [] : [{ kind: 'lost', partitions: lost }]
  }

  /** The application has held records for longer than max.poll.interval.ms: the others go on without this member. */
  suspend(): MembershipEffect[] {
    if (this.#state === 'ended' || this.#isSuspended) return []
    this.#isSuspended = true
    return [...this.#leaveRequest('the application took longer than max.poll.interval.ms'), ...this.#loseAll()]
  }

  /** The application is back. */
  resume(): void {
    this.#isSuspended = false
    this.#retryAtMs = 0
  }

  /** The group is left; the partitions must have been given up. Static members stay: they come back. */
  leave(): MembershipEffect[] {
    const effects = this.#state === 'ended' ? [] : this.#leaveRequest('the consumer is being closed')
    this.#state = 'ended'
    this.#owned = []
    return effects
  }

  #leaveRequest(reason: string): MembershipEffect[] {
    const { groupId, groupInstanceId } = this.#options
    if (this.#memberId === '' || groupInstanceId !== undefined) return []
    const memberId = this.#memberId
    this.#memberId = ''
    const body = { groupId, memberId, members: [{ memberId, groupInstanceId: null, reason }] }
    return [{ kind: 'send', request: { api: 'leave', body } }]
  }
}
