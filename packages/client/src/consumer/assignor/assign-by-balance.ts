import { isNear } from './sticky-state.ts'
import type { StickyMember, StickyPartition, StickyState } from './sticky-state.ts'

/**
 * Members subscribe to different topics. Everybody keeps what it has, what is left goes to whoever has least, and then partitions move from
 * those who have more to those who have less, along chains of members where needed, until no chain makes the difference smaller: that is the
 * best balance that the subscriptions allow.
 */
export function assignByBalance({ members, partitions }: StickyState): void {
  const subscribers = new Map<string, StickyMember[]>()
  for (const member of members) {
    for (const topic of member.topics) {
      const known = subscribers.get(topic)
      if (known === undefined) subscribers.set(topic, [member])
      else known.push(member)
    }
  }
  const left = partitions.filter((partition) => {
    const owner = partition.previousOwner
    if (owner === undefined || !isNear(owner, partition)) return true
    owner.add(partition)
    return false
  })
  // Those who have the fewest choices choose first.
  const choosers = left.toSorted(
    (one, other) => (subscribers.get(one.topic)?.length ?? 0) - (subscribers.get(other.topic)?.length ?? 0),
  )
  for (const partition of choosers) {
    const candidates = subscribers.get(partition.topic) ?? []
    const near = candidates.filter((member) => isNear(member, partition))
    // What is near to nobody stays where it was: else it would move in every rebalance.
    const chosen = near.length > 0 ? leastLoaded(near) : (partition.previousOwner ?? leastLoaded(candidates))
    chosen?.add(partition)
  }
  let moved = true
  while (moved) {
    moved = false
    for (const member of members.toSorted((one, other) => other.size - one.size)) {
      while (relieve(member, subscribers)) moved = true
    }
  }
}

function leastLoaded(members: readonly StickyMember[]): StickyMember | undefined {
  let least: StickyMember | undefined
  for (const member of members) {
    if (least === undefined || member.size < least.size) least = member
  }
  return least
}

/** Moves one partition away from the member if somebody who has at least two less can be reached. */
function relieve(member: StickyMember, subscribers: ReadonlyMap<string, readonly StickyMember[]>): boolean {
  /** From whom each member was reached. */
  const reachedFrom = new Map<StickyMember, StickyMember>()
  const reached: StickyMember[] = [member]
  for (const from of reached) {
    for (const topic of from.partitionsByTopic.keys()) {
      for (const to of subscribers.get(topic) ?? []) {
        if (to === member || reachedFrom.has(to)) continue
        reachedFrom.set(to, from)
        reached.push(to)
      }
    }
  }
  const target = leastLoaded(reached.slice(1))
  if (target === undefined || target.size > member.size - 2) return false
  for (let to = target; to !== member;) {
    const from = reachedFrom.get(to)
    if (from === undefined) return false
    const partition = cheapest(from, to)
    if (partition === undefined) return false
    from.delete(partition)
    to.add(partition)
    to = from
  }
  return true
}

/** Of what can move: first what goes back to where it came from, then what has moved already, then what is near to its new member. */
function cheapest(from: StickyMember, to: StickyMember): StickyPartition | undefined {
  let best: StickyPartition | undefined
  let bestCost = Infinity
  for (const [topic, partitions] of from.partitionsByTopic) {
    if (!to.topics.has(topic)) continue
    for (const partition of partitions) {
      const { previousOwner } = partition
      const cost = (previousOwner === to ? 0 : previousOwner === from ? 4 : 2) + (isNear(to, partition) ? 0 : 1)
      if (cost === 0) return partition
      if (cost >= bestCost) continue
      best = partition
      bestCost = cost
    }
  }
  return best
}
