import { assert } from '@odradek/base'
import type { Alarm, Alarms, ReplyTo } from '@odradek/coordinator'
import type { GroupConfig } from '../group-config.ts'
import type { GroupRecord } from '../group-record.ts'
import type { ClassicMember } from './classic-member.ts'
import type { JoinReply } from './classic-messages.ts'
import type { ClassicProtocol } from './classic-protocol.ts'
import { selectProtocol } from './select-protocol.ts'
import { subscribedTopics } from './subscribed-topics.ts'

/** Kafka's names, as DescribeGroups and ListGroups show them. */
export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

const previousStates: Record<ClassicGroupState, readonly ClassicGroupState[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead'],
}

/**
 * Who is in a classic group and how far its rebalance has come: the soft state, which lives as long as the leadership of its partition.
 * The files beside this one are the operations on it (join, sync, rebalance, …); what of it is durable is written by `saveGroup`.
 */
export class ClassicGroup {
  readonly groupId: string
  readonly config: GroupConfig
  readonly alarms: Alarms<GroupRecord>
  state: ClassicGroupState = 'Empty'
  /** Wall time; undefined when the record it was loaded from does not tell. */
  stateChangedMs: number | undefined
  protocolType: string | undefined
  protocolName: string | undefined
  generation = 0
  leaderId: string | undefined
  readonly members = new Map<string, ClassicMember>()
  /** Instance id to member id. */
  readonly staticMembers = new Map<string, string>()
  /** Ids that were handed out and have not joined yet, with what takes them back. */
  readonly pendingMembers = new Map<string, Alarm<GroupRecord>>()
  /** Members of this generation that have not asked for their assignment. */
  readonly pendingSyncMembers = new Set<string>()
  /** The generation whose assignment is on its way into the log. */
  savingGeneration: number | undefined
  subscribedTopics: ReadonlySet<string> | undefined
  /** The first join of an empty group waits for others; while it does, this is what is left of the waiting. */
  initialJoin: { readonly delayMs: number; readonly remainingMs: number } | undefined
  /** Someone came since the initial wait was last prolonged. */
  newMemberAdded = false
  /** Ends the wait for members to join; made by the rebalance. */
  joinAlarm: Alarm<GroupRecord> | undefined
  /** Ends the wait for members to sync; made by the rebalance. */
  syncAlarm: Alarm<GroupRecord> | undefined
  #awaitingJoinCount = 0
  readonly #supportCounts = new Map<string, number>()

  constructor(groupId: string, config: GroupConfig, alarms: Alarms<GroupRecord>, stateChangedMs: number | undefined) {
    this.groupId = groupId
    this.config = config
    this.alarms = alarms
    this.stateChangedMs = stateChangedMs
  }

  transitionTo(state: ClassicGroupState, wallMs: number): void {
    assert(previousStates[state].includes(this.state), `group ${this.groupId} cannot go from ${this.state} to ${state}`)
    this.state = state
    this.stateChangedMs = wallMs
  }

  get canRebalance(): boolean {
    return previousStates.PreparingRebalance.includes(this.state)
  }

  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount
  }

  get haveAllMembersJoined(): boolean {
    return this.members.size === this.#awaitingJoinCount && this.pendingMembers.size === 0
  }

  /** The longest that any member asks the others to wait. */
  get rebalanceTimeoutMs(): number {
    let longestMs = 0
    for (const member of this.members.values()) longestMs = Math.max(longestMs, member.rebalanceTimeoutMs)
    return longestMs
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  /** Takes a member in. The first one decides the protocol type, and leads. */
  add(member: ClassicMember): void {
    if (member.groupInstanceId !== null) this.staticMembers.set(member.groupInstanceId, member.memberId)
    this.leaderId ??= member.memberId
    this.members.set(member.memberId, member)
    this.#countSupport(member.protocols, 1)
    if (member.awaitingJoin !== undefined) this.#awaitingJoinCount++
    this.removePending(member.memberId)
  }

  /** Takes a member out. Its parked requests must have been answered. */
  remove(member: ClassicMember): void {
    assert(member.awaitingJoin === undefined && member.awaitingSync === undefined, 'a parked request would be lost')
    member.session.clear()
    this.members.delete(member.memberId)
    this.pendingSyncMembers.delete(member.memberId)
    this.#countSupport(member.protocols, -1)
    if (member.groupInstanceId !== null) this.staticMembers.delete(member.groupInstanceId)
    if (this.leaderId === member.memberId) this.leaderId = this.members.keys().next().value
  }

  removePending(memberId: string): void {
    this.pendingMembers.get(memberId)?.clear()
    this.pendingMembers.delete(memberId)
  }

  /** A static member goes on under another id; everything else about it stays. */
  renameMember(member: ClassicMember, memberId: string): void {
    this.members.delete(member.memberId)
    if (this.leaderId === member.memberId) this.leaderId = memberId
    // Who comes back just now is not late; from now on its session watches over it.
    this.pendingSyncMembers.delete(member.memberId)
    member.memberId = memberId
    this.members.set(memberId, member)
    if (member.groupInstanceId !== null) this.staticMembers.set(member.groupInstanceId, memberId)
  }

  setProtocols(member: ClassicMember, protocols: readonly ClassicProtocol[]): void {
    this.#countSupport(member.protocols, -1)
    member.protocols = protocols
    this.#countSupport(protocols, 1)
  }

  /** Parks a JoinGroup, and returns the one that was parked for the same member, which has been given up by its sender. */
  parkJoin(member: ClassicMember, to: ReplyTo<JoinReply>): ReplyTo<JoinReply> | undefined {
    const previous = member.awaitingJoin
    if (previous === undefined) this.#awaitingJoinCount++
    member.awaitingJoin = to
    return previous
  }

  /** Takes the parked JoinGroup out, to answer it. */
  takeJoin(member: ClassicMember): ReplyTo<JoinReply> | undefined {
    const to = member.awaitingJoin
    if (to !== undefined) this.#awaitingJoinCount--
    member.awaitingJoin = undefined
    return to
  }

  /** Whether someone with these protocols can be in the group: there must be one that all members support. */
  supports(protocolType: string, protocols: readonly ClassicProtocol[]): boolean {
    if (this.state === 'Empty') return protocolType !== '' && protocols.length > 0
    return (
      this.protocolType === protocolType &&
      protocols.some(({ name }) => (this.#supportCounts.get(name) ?? 0) === this.members.size)
    )
  }

  /** What the members would choose now. */
  selectProtocol(): string | undefined {
    const candidates = new Set<string>()
    for (const [name, count] of this.#supportCounts) if (count === this.members.size) candidates.add(name)
    return selectProtocol(this.members.values(), candidates)
  }

  updateSubscribedTopics(): void {
    this.subscribedTopics = subscribedTopics(this.protocolType, this.protocolName, this.members)
  }

  /** Whether a member may be reading the topic; yes when the coordinator cannot know. */
  maySubscribeTo(topic: string): boolean {
    return this.subscribedTopics?.has(topic) ?? true
  }

  /** Ends the group for good; nothing of it may ring any more. */
  bury(wallMs: number): void {
    this.joinAlarm?.clear()
    this.syncAlarm?.clear()
    for (const alarm of this.pendingMembers.values()) alarm.clear()
    for (const member of this.members.values()) member.session.clear()
    this.transitionTo('Dead', wallMs)
  }

  #countSupport(protocols: readonly ClassicProtocol[], change: 1 | -1): void {
    for (const name of new Set(protocols.map((protocol) => protocol.name))) {
      const count = (this.#supportCounts.get(name) ?? 0) + change
      if (count === 0) this.#supportCounts.delete(name)
      else this.#supportCounts.set(name, count)
    }
  }
}
