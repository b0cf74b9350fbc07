import type { Assignment, EpochAssignment } from './assignment.ts'
import { noEpochPartitions, noPartitions } from './assignment.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { isReconciledTo, leaveEpoch, newMember, regexOf } from './consumer-member.ts'
import type { ConsumerRecord, ResolvedRegex } from './consumer-record.ts'

/** Kafka's names, as ConsumerGroupDescribe and ListGroups show them. */
export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

/** By how many members a topic is named, and by how many resolved regular expressions. */
export interface SubscriptionCount {
  readonly byName: number
  readonly byRegex: number
}

/** The epoch of a new group and of its target, before anyone has joined. */
const firstEpoch = 1

/**
 * A group of the consumer protocol (KIP-848): all of it stands in the log, and only `replay` changes it. What the group is to become is
 * worked out by the files beside this one, which give records.
 */
export class ConsumerGroup {
  readonly groupId: string
  groupEpoch = firstEpoch
  metadataHash = 0n
  assignmentEpoch = firstEpoch
  /** Wall time at which the target was worked out; 0 when that is not known. */
  assignedMs = 0
  readonly members = new Map<string, ConsumerMember>()
  readonly target = new Map<string, Assignment>()
  /** Instance id to member id. */
  readonly staticMembers = new Map<string, string>()
  readonly resolvedRegexes = new Map<string, ResolvedRegex>()
  /** Members by the regular expression that they subscribe by. */
  readonly regexCounts = new Map<string, number>()
  readonly subscriptions = new Map<string, SubscriptionCount>()
  /** Kafka before 4.1 left a record that is not needed any more. */
  hasPartitionMetadata = false
  /** Who holds each partition now, as the epoch of the member: by topic id and partition. */
  readonly #ownerEpochs = new Map<string, Map<number, number>>()

  constructor(groupId: string) {
    this.groupId = groupId
  }

  get isEmpty(): boolean {
    return this.members.size === 0
  }

  get state(): ConsumerGroupState {
    if (this.isEmpty) return 'Empty'
    if (this.groupEpoch > this.assignmentEpoch) return 'Assigning'
    for (const member of this.members.values()) {
      if (!isReconciledTo(member, this.assignmentEpoch)) return 'Reconciling'
    }
    return 'Stable'
  }

  staticMember(instanceId: string | null): ConsumerMember | undefined {
    const memberId = instanceId === null ? undefined : this.staticMembers.get(instanceId)
    return memberId === undefined ? undefined : this.members.get(memberId)
  }

  targetOf(memberId: string): Assignment {
    return this.target.get(memberId) ?? noPartitions
  }

  /** The target of a member, or of the one in whose place a static member comes. */
  targetOfInstance({ memberId, instanceId }: ConsumerMember): Assignment {
    if (instanceId === null) return this.targetOf(memberId)
    const previous = this.staticMembers.get(instanceId)
    return previous === undefined ? noPartitions : this.targetOf(previous)
  }

  /** Epoch of the member that holds the partition; -1 when it is free. */
  ownerEpoch(topicId: string, partition: number): number {
    return this.#ownerEpochs.get(topicId)?.get(partition) ?? -1
  }

  get classicMemberCount(): number {
    let count = 0
    for (const { classic } of this.members.values()) if (classic !== undefined) count++
    return count
  }

  /** Whether someone who speaks the classic protocol can be in the group: there must be one that all such members support. */
  supportsClassicProtocols(protocolType: string, names: readonly string[]): boolean {
    if (protocolType !== 'consumer') return false
    if (this.isEmpty) return names.length > 0
    const classics = [...this.members.values()].flatMap(({ classic }) => (classic === undefined ? [] : [classic]))
    return names.some((name) =>
      classics.every(({ supportedProtocols }) => supportedProtocols.some((protocol) => protocol.name === name)),
    )
  }

  /** Whether the member waits for a partition that another still holds. */
  isWaitingForPartition(member: ConsumerMember): boolean {
    if (member.state !== 'unreleased-partitions') return false
    for (const [topicId, partitions] of this.targetOf(member.memberId)) {
      for (const partition of partitions) {
        const isAssigned = member.assignedPartitions.get(topicId)?.has(partition) === true
        if (!isAssigned && this.ownerEpoch(topicId, partition) !== -1) return true
      }
    }
    return false
  }

  replay(record: ConsumerRecord): void {
    switch (record.kind) {
      case 'consumer-group':
        this.groupEpoch = record.value?.epoch ?? this.groupEpoch
        this.metadataHash = record.value?.metadataHash ?? this.metadataHash
        return
      case 'consumer-partition-metadata':
        this.hasPartitionMetadata = record.value !== null
        return
      case 'consumer-member':
        if (record.value === null) this.#removeMember(record.memberId)
        else this.#putMember({ ...this.#memberOrNew(record.memberId), ...record.value })
        return
      case 'consumer-target-epoch':
        this.assignmentEpoch = record.value?.assignmentEpoch ?? -1
        this.assignedMs = record.value?.assignedMs ?? 0
        return
      case 'consumer-target':
        if (record.value === null) this.target.delete(record.memberId)
        else this.target.set(record.memberId, record.value)
        return
      case 'consumer-current':
        this.#replayCurrent(record)
        return
      case 'consumer-regex':
        this.#replayRegex(record.regex, record.value)
    }
  }

  #memberOrNew(memberId: string): ConsumerMember {
    return this.members.get(memberId) ?? newMember(memberId)
  }

  #replayCurrent({ memberId, value }: Extract<ConsumerRecord, { kind: 'consumer-current' }>): void {
    if (value !== null) {
      this.#putMember({ ...this.#memberOrNew(memberId), ...value })
      return
    }
    const member = this.members.get(memberId)
    if (member === undefined) return
    this.#putMember({
      ...member,
      memberEpoch: leaveEpoch,
      previousMemberEpoch: leaveEpoch,
      assignedPartitions: noEpochPartitions,
      partitionsPendingRevocation: noEpochPartitions,
    })
  }

  #replayRegex(regex: string, value: ResolvedRegex | null): void {
    countNames(this.subscriptions, this.resolvedRegexes.get(regex)?.topics ?? [], 'byRegex', -1)
    this.resolvedRegexes.delete(regex)
    if (value === null) return
    this.resolvedRegexes.set(regex, value)
    countNames(this.subscriptions, value.topics, 'byRegex', 1)
  }

  #putMember(member: ConsumerMember): void {
    const before = this.members.get(member.memberId)
    this.#release(before)
    this.#count(before, member)
    this.members.set(member.memberId, member)
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member.memberId)
    this.#own(member.assignedPartitions, member.memberEpoch)
    this.#own(member.partitionsPendingRevocation, member.memberEpoch)
  }

  #removeMember(memberId: string): void {
    const member = this.members.get(memberId)
    if (member === undefined) return
    this.#release(member)
    this.#count(member, undefined)
    this.members.delete(memberId)
    const { instanceId } = member
    if (instanceId !== null && this.staticMembers.get(instanceId) === memberId) this.staticMembers.delete(instanceId)
  }

  #count(before: ConsumerMember | undefined, after: ConsumerMember | undefined): void {
    countNames(this.subscriptions, before?.subscribedTopicNames ?? [], 'byName', -1)
    countNames(this.subscriptions, after?.subscribedTopicNames ?? [], 'byName', 1)
    countRegex(this.regexCounts, regexOf(before), -1)
    countRegex(this.regexCounts, regexOf(after), 1)
  }

  #own(assignment: EpochAssignment, epoch: number): void {
    for (const [topicId, partitions] of assignment) {
      const owners = this.#ownerEpochs.get(topicId) ?? new Map<number, number>()
      this.#ownerEpochs.set(topicId, owners)
      for (const partition of partitions.keys()) owners.set(partition, epoch)
    }
  }

  /** What another member has taken over at a later epoch stays with that one. */
  #release(member: ConsumerMember | undefined): void {
    if (member === undefined) return
    for (const assignment of [member.assignedPartitions, member.partitionsPendingRevocation]) {
      for (const [topicId, partitions] of assignment) {
        const owners = this.#ownerEpochs.get(topicId)
        if (owners === undefined) continue
        for (const partition of partitions.keys()) {
          if (owners.get(partition) === member.memberEpoch) owners.delete(partition)
        }
        if (owners.size === 0) this.#ownerEpochs.delete(topicId)
      }
    }
  }
}

export function countNames(
  counts: Map<string, SubscriptionCount>,
  names: readonly string[],
  kind: keyof SubscriptionCount,
  change: 1 | -1,
): void {
  for (const name of names) {
    const before = counts.get(name) ?? { byName: 0, byRegex: 0 }
    const after = { ...before, [kind]: before[kind] + change }
    if (after.byName <= 0 && after.byRegex <= 0) counts.delete(name)
    else counts.set(name, after)
  }
}

export function countRegex(counts: Map<string, number>, regex: string | undefined, change: 1 | -1): void {
  if (regex === undefined) return
  const count = (counts.get(regex) ?? 0) + change
  if (count <= 0) counts.delete(regex)
  else counts.set(regex, count)
}
