import type { TopicPartition } from '../topic-partition.ts'

/** A member of the group, as its leader sees it. */
export interface AssignorMember {
  readonly memberId: string
  /** `group.instance.id` of a static member (KIP-345). */
  readonly groupInstanceId?: string | undefined
  readonly topics: readonly string[]
  /** What the member says that it owns; eager members own nothing when they join. */
  readonly ownedPartitions: readonly TopicPartition[]
  /** The generation in which it came to own them; -1 where the member does not tell. */
  readonly generationId: number
  /** `client.rack` (KIP-881). */
  readonly rackId?: string | undefined
  readonly userData: Buffer | null
  /** What it told of itself, as it came. */
  readonly subscription?: Buffer | undefined
}

/** The partitions of one topic in order, each with the racks that hold a replica of it. */
export type PartitionRacks = readonly (readonly string[])[]

/** Who gets what; every member has an entry. */
export type Assignments = Map<string, TopicPartition[]>

/**
 * How the leader of a classic group divides the partitions. The name is what members agree upon: all of them must offer it, whatever
 * language they are written in, and the leader may be any of them.
 */
export interface Assignor {
  readonly name: string
  /** Eager members give up everything before they join again; cooperative ones only what the next assignment takes from them (KIP-429). */
  readonly rebalanceProtocol: 'eager' | 'cooperative'
  /** What goes into the member's subscription for the leader's assignor. */
  userData?(owned: readonly TopicPartition[], generationId: number): Buffer | null
  /** Topics that nobody subscribes to, and subscriptions to topics that are not in `topics`, count for nothing. */
  assign(topics: ReadonlyMap<string, PartitionRacks>, members: readonly AssignorMember[]): Assignments
  /** For assignors of other clients, that read and write bytes themselves: what this member tells of itself, */
  subscriptionBytes?(topics: readonly string[]): Buffer
  /** and the assignments, by member id, in place of `assign`. `topics` are this member's. */
  assignBytes?(members: readonly AssignorMember[], topics: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
}

export function compareText(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Static members first, by instance id; then the others by member id. It keeps the places of static members across restarts. */
export function compareMembers(one: AssignorMember, other: AssignorMember): number {
  const { groupInstanceId: a } = one
  const { groupInstanceId: b } = other
  if (a !== undefined && b !== undefined) return compareText(a, b)
  if (a !== undefined) return -1
  if (b !== undefined) return 1
  return compareText(one.memberId, other.memberId)
}

export function comparePartitions(one: TopicPartition, other: TopicPartition): number {
  return compareText(one.topic, other.topic) || one.partition - other.partition
}

/**
 * Whether racks can make a difference: some member is on a rack that has replicas, and not every partition has replicas on the same racks
 * (KIP-881).
 */
export function racksMatter(memberRacks: ReadonlySet<string>, partitions: Iterable<readonly string[]>): boolean {
  const racksOfPartitions = [...partitions].map((racks) => new Set(racks))
  const all = new Set(racksOfPartitions.flatMap((racks) => [...racks]))
  if (memberRacks.isDisjointFrom(all)) return false
  return racksOfPartitions.some((racks) => racks.size !== all.size)
}

export function emptyAssignments(members: readonly AssignorMember[]): Assignments {
  return new Map(members.map(({ memberId }) => [memberId, []]))
}

/** An empty rack is none. */
export function rackOf(member: AssignorMember): string | undefined {
  return member.rackId === '' ? undefined : member.rackId
}
