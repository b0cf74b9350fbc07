import { assignByBalance } from './assign-by-balance.ts'
import { assignByQuota } from './assign-by-quota.ts'
import { comparePartitions } from './assignor.ts'
import type { Assignments, PartitionRacks } from './assignor.ts'
import type { Claim } from './previous-owners.ts'
import { stickyState } from './sticky-state.ts'
import type { StickyMember } from './sticky-state.ts'

/**
 * As balanced as the subscriptions allow; within that, members keep what they have; within that, partitions go to members on a rack that
 * holds a replica (KIP-54, KIP-429, KIP-881). The result depends on nothing but the input.
 */
export function assignSticky(topics: ReadonlyMap<string, PartitionRacks>, claims: readonly Claim[]): Assignments {
  const state = stickyState(topics, claims)
  if (haveEqualSubscriptions(state.members)) assignByQuota(state)
  else assignByBalance(state)
  return new Map(
    state.members.map(({ memberId, partitionsByTopic }) => {
      const partitions = [...partitionsByTopic.values()].flatMap((ofTopic) => [...ofTopic])
      return [memberId, partitions.toSorted(comparePartitions).map(({ topic, partition }) => ({ topic, partition }))]
    }),
  )
}

function haveEqualSubscriptions(members: readonly StickyMember[]): boolean {
  const [first, ...others] = members
  return others.every((member) => first?.topics.symmetricDifference(member.topics).size === 0)
}
