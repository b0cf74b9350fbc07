import { isNear, isOnRack } from './sticky-state.ts'
import type { StickyMember, StickyPartition, StickyState } from './sticky-state.ts'

/**
 * All members subscribe to the same topics, so each gets the same count of partitions, or one more. Everybody first keeps what it has up to
 * that; what is left goes round, first within racks.
 */
export function assignByQuota({ members, partitions }: StickyState): void {
  const quota = new Quota(members, partitions.length)
  const left = keepOwned(members, partitions, quota)
  const far = giveWithinRacks(members, left, quota)
  // What is near to nobody who has room stays where it was: else it would move in every rebalance.
  const rest = far.filter((partition) => {
    const owner = partition.previousOwner
    if (owner === undefined || !quota.hasRoom(owner)) return true
    quota.give(owner, partition)
    return false
  })
  const below = members.filter((member) => member.size < quota.least)
  let turn = 0
  for (const partition of rest) {
    while (below.length > 0 && (below[turn % below.length]?.size ?? 0) >= quota.least) {
      below.splice(turn % below.length, 1)
    }
    const member = below.length > 0 ? below[turn % below.length] : members.find((other) => quota.hasRoom(other))
    if (below.length > 0) turn = (turn % below.length) + 1
    if (member !== undefined) quota.give(member, partition)
  }
}

/** Everybody gets `least`; so many members as there are extras get one more. */
class Quota {
  readonly least: number
  #extras: number

  constructor(members: readonly StickyMember[], partitionCount: number) {
    this.least = Math.floor(partitionCount / members.length)
    this.#extras = partitionCount % members.length
  }

  hasRoom(member: StickyMember): boolean {
    return member.size < this.least + (this.#extras > 0 ? 1 : 0)
  }

  give(member: StickyMember, partition: StickyPartition): void {
    member.add(partition)
    if (member.size > this.least) this.#extras--
  }
}

/** Returns what nobody keeps. Whoever has most chooses first: it then has the extra ones without a move. */
function keepOwned(
  members: readonly StickyMember[],
  partitions: readonly StickyPartition[],
  quota: Quota,
): StickyPartition[] {
  const kept = new Set<StickyPartition>()
  const owned = Map.groupBy(partitions, (partition) => partition.previousOwner)
  for (const member of members) {
    const mine = (owned.get(member) ?? []).filter((partition) => isNear(member, partition))
    for (const partition of mine.toSorted((one, other) => one.partition - other.partition)) {
      if (!quota.hasRoom(member)) break
      quota.give(member, partition)
      kept.add(partition)
    }
  }
  return partitions.filter((partition) => !kept.has(partition))
}

/** Partitions with the fewest members on their racks choose first. Returns what has found none. */
function giveWithinRacks(
  members: readonly StickyMember[],
  partitions: readonly StickyPartition[],
  quota: Quota,
): StickyPartition[] {
  if (members.every((member) => member.rack === undefined)) return [...partitions]
  const choices = new Map(
    partitions.map((partition) => [partition, members.filter((member) => isOnRack(member, partition))]),
  )
  const choosers = partitions.toSorted((a, b) => (choices.get(a)?.length ?? 0) - (choices.get(b)?.length ?? 0))
  return choosers.filter((partition) => {
    const candidates = choices.get(partition)?.filter((member) => quota.hasRoom(member)) ?? []
    const [first] = candidates.toSorted((one, other) => one.size - other.size)
    if (first === undefined) return true
    quota.give(first, partition)
    return false
  })
}
