import type { TopicPartition } from '../topic-partition.ts'
import { partitionKey } from '../topic-partition.ts'
import { comparePartitions, compareText, rackOf, racksMatter } from './assignor.ts'
import type { PartitionRacks } from './assignor.ts'
import { previousOwners } from './previous-owners.ts'
import type { Claim } from './previous-owners.ts'

/** A partition while it is being assigned. */
export interface StickyPartition extends TopicPartition {
  /** Where racks do not matter: none. */
  readonly racks: readonly string[]
  readonly previousOwner: StickyMember | undefined
}

/** A member while it is being assigned to. */
export class StickyMember {
  readonly memberId: string
  readonly topics: ReadonlySet<string>
  /** Where racks do not matter: undefined. */
  readonly rack: string | undefined
  readonly partitionsByTopic = new Map<string, Set<StickyPartition>>()
  #size = 0

  constructor(memberId: string, topics: ReadonlySet<string>, rack: string | undefined) {
    this.memberId = memberId
    this.topics = topics
    this.rack = rack
  }

  /** How many partitions it has. */
  get size(): number {
    return this.#size
  }

  add(partition: StickyPartition): void {
    this.#size++
    const known = this.partitionsByTopic.get(partition.topic)
    if (known === undefined) this.partitionsByTopic.set(partition.topic, new Set([partition]))
    else known.add(partition)
  }

  delete(partition: StickyPartition): void {
    this.#size--
    const known = this.partitionsByTopic.get(partition.topic)
    known?.delete(partition)
    if (known?.size === 0) this.partitionsByTopic.delete(partition.topic)
  }
}

export interface StickyState {
  /** By member id. */
  readonly members: readonly StickyMember[]
  /** By topic and number; only those that somebody subscribes to. */
  readonly partitions: readonly StickyPartition[]
}

/** Nobody has anything yet. */
export function stickyState(topics: ReadonlyMap<string, PartitionRacks>, claims: readonly Claim[]): StickyState {
  const racks = new Set(claims.map(({ member }) => rackOf(member)).filter((rack) => rack !== undefined))
  const byRack = racks.size > 0 && racksMatter(racks, [...topics.values()].flat())
  const members = claims
    .map(({ member }) => {
      const known = new Set(member.topics.filter((topic) => topics.has(topic)))
      return new StickyMember(member.memberId, known, byRack ? rackOf(member) : undefined)
    })
    .toSorted((one, other) => compareText(one.memberId, other.memberId))
  const byId = new Map(members.map((member) => [member.memberId, member]))
  const owners = previousOwners(topics, claims)
  const subscribed = new Set(members.flatMap((member) => [...member.topics]))
  const partitions = [...topics].flatMap(([topic, replicas]) => {
    if (!subscribed.has(topic)) return []
    return replicas.map((partitionRacks, partition): StickyPartition => {
      const owner = owners.get(partitionKey({ topic, partition }))
      return {
        topic,
        partition,
        racks: byRack ? partitionRacks : [],
        previousOwner: owner === undefined ? undefined : byId.get(owner.memberId),
      }
    })
  })
  return { members, partitions: partitions.toSorted(comparePartitions) }
}

/** Members without a rack are near to everything. */
export function isNear(member: StickyMember, partition: StickyPartition): boolean {
  return member.rack === undefined || partition.racks.includes(member.rack)
}

/** On a rack that holds a replica; a member without a rack is not. */
export function isOnRack(member: StickyMember, partition: StickyPartition): boolean {
  return member.rack !== undefined && partition.racks.includes(member.rack)
}
