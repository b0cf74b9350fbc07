import { assert } from '@odradek/base'
import { compareMembers, comparePartitions, compareText, emptyAssignments, rackOf, racksMatter } from './assignor.ts'
import type { Assignments, Assignor, AssignorMember, PartitionRacks } from './assignor.ts'

/**
 * Gives each subscriber of a topic one stretch of its partitions, so that topics with the same subscribers and the same count of
 * partitions are divided alike (co-partitioning). Where racks matter (KIP-881), partitions first go to members on a rack that holds a
 * replica, as far as that keeps the balance and the co-partitioning.
 */
export const rangeAssignor: Assignor = { name: 'range', rebalanceProtocol: 'eager', assign }

function assign(topics: ReadonlyMap<string, PartitionRacks>, members: readonly AssignorMember[]): Assignments {
  const assignments = emptyAssignments(members)
  const sorted = members.toSorted(compareMembers)
  const shares = [...topics]
    .filter(([, partitions]) => partitions.length > 0)
    .toSorted(([one], [other]) => compareText(one, other))
    .map(([topic, partitions]) => {
      const subscribers = sorted.filter((member) => member.topics.includes(topic))
      return new TopicShares(topic, partitions, subscribers, assignments)
    })
  const byRack = shares.some((topic) => topic.racksMatter)
  if (byRack) assignWithinRacks(shares)
  for (const topic of shares) topic.assignStretches(() => true)
  if (byRack) for (const partitions of assignments.values()) partitions.sort(comparePartitions)
  return assignments
}

/** Topics with the same subscribers and the same count of partitions are kept together. */
function assignWithinRacks(shares: readonly TopicShares[]): void {
  for (const alike of Map.groupBy(shares, (topic) => topic.likeness).values()) {
    const [first] = alike
    if (first === undefined) continue
    if (alike.length > 1) assignTogether(alike, first)
    else if (first.racksMatter) first.assignStretches((memberId, partition) => first.isNear(memberId, partition))
  }
}

function assignTogether(alike: readonly TopicShares[], first: TopicShares): void {
  const remaining = new Set(first.memberIds)
  for (let partition = 0; partition < first.partitionCount && remaining.size > 0; partition++) {
    const chosen = [...remaining].find((memberId) =>
      alike.every((topic) => topic.isNear(memberId, partition) && topic.roomOf(memberId) > 0),
    )
    if (chosen === undefined) continue
    for (const topic of alike) topic.give(chosen, [partition])
    if (alike.every((topic) => topic.roomOf(chosen) === 0)) remaining.delete(chosen)
  }
}

/** How much of one topic each subscriber has and may still get. */
class TopicShares {
  readonly topic: string
  readonly partitionCount: number
  readonly memberIds: readonly string[]
  readonly racksMatter: boolean
  readonly likeness: string
  readonly #racks: ReadonlyMap<string, string | undefined>
  readonly #partitions: PartitionRacks
  readonly #unassigned: Set<number>
  readonly #assigned: Map<string, number>
  readonly #share: number
  /** So many members get one more than the share. */
  #extras: number
  readonly #assignments: Assignments

  constructor(
    topic: string,
    partitions: PartitionRacks,
    subscribers: readonly AssignorMember[],
    assignments: Assignments,
  ) {
    this.topic = topic
    this.partitionCount = partitions.length
    this.memberIds = subscribers.map(({ memberId }) => memberId)
    this.#racks = new Map(subscribers.map((member) => [member.memberId, rackOf(member)]))
    const racks = new Set([...this.#racks.values()].filter((rack) => rack !== undefined))
    this.racksMatter = racks.size > 0 && racksMatter(racks, partitions)
    this.likeness = JSON.stringify([partitions.length, ...this.memberIds])
    this.#partitions = partitions
    this.#unassigned = new Set(partitions.keys())
    this.#assigned = new Map(this.memberIds.map((memberId) => [memberId, 0]))
    this.#share = subscribers.length === 0 ? 0 : Math.floor(partitions.length / subscribers.length)
    this.#extras = subscribers.length === 0 ? 0 : partitions.length % subscribers.length
    this.#assignments = assignments
  }

  /** Members without a rack are near to everything. */
  isNear(memberId: string, partition: number): boolean {
    const rack = this.#racks.get(memberId)
    return rack === undefined || (this.#partitions[partition]?.includes(rack) ?? false)
  }

  roomOf(memberId: string): number {
    return Math.max(0, this.#share + (this.#extras > 0 ? 1 : 0) - (this.#assigned.get(memberId) ?? 0))
  }

  give(memberId: string, partitions: readonly number[]): void {
    const list = this.#assignments.get(memberId)
    assert(list !== undefined, 'every member has an entry')
    const assigned = (this.#assigned.get(memberId) ?? 0) + partitions.length
    this.#assigned.set(memberId, assigned)
    if (assigned > this.#share) this.#extras--
    for (const partition of partitions) {
      this.#unassigned.delete(partition)
      list.push({ topic: this.topic, partition })
    }
  }

  assignStretches(mayHave: (memberId: string, partition: number) => boolean): void {
    for (const memberId of this.memberIds) {
      if (this.#unassigned.size === 0) return
      const room = this.roomOf(memberId)
      const stretch = [...this.#unassigned].filter((partition) => mayHave(memberId, partition)).slice(0, room)
      if (stretch.length > 0) this.give(memberId, stretch)
    }
  }
}
